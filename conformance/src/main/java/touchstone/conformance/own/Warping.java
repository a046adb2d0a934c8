package touchstone.conformance.own;

import touchstone.generate.SamplingParameters;

/** From logits to the distribution that is drawn from. */
@FunctionalInterface
public interface Warping {
  /**
   * The probability of every token, 0 where it is excluded.
   *
   * @param logits [vocab]; not changed
   * @param previous prompt and continuation so far
   */
  double[] probabilities(float[] logits, int[] previous, SamplingParameters parameters);
}
