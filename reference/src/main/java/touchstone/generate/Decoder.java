package touchstone.generate;

/**
 * One sequence inside a model: what is fed to it stays in its key-value cache.
 *
 * <p>A model is plugged in by wrapping its cache and its forward pass; the wrapper may split the rows
 * it is given or join them with those of other sequences.
 */
public interface Decoder {
  /** Number of token ids; they run from 0. */
  int vocab();

  /** The largest number of tokens that the sequence can hold. */
  int contextLength();

  /** Number of tokens taken in so far. */
  int position();

  /**
   * Takes in the tokens that follow those taken so far.
   *
   * @param tokens at least one
   * @return the logits [vocab] of the token after the last; valid until the next call
   */
  float[] next(int[] tokens);
}
