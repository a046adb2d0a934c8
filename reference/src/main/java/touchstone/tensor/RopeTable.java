package touchstone.tensor;

/**
 * Cosines and sines of the rotary embedding for the tokens of one forward pass.
 *
 * @param cos [tokens, headDim / 2]
 * @param sin [tokens, headDim / 2]
 */
public record RopeTable(float[] cos, float[] sin, int tokens, int halfDim) {
  public RopeTable {
    if (tokens < 0 || halfDim < 1) {
      throw new IllegalArgumentException(
          "a rope table cannot be [%d, %d]".formatted(tokens, halfDim));
    }
    int size = Math.multiplyExact(tokens, halfDim);
    if (cos.length != size || sin.length != size) {
      throw new IllegalArgumentException(
          "a rope table of [%d, %d] needs %d values, got %d and %d"
              .formatted(tokens, halfDim, size, cos.length, sin.length));
    }
  }
}
