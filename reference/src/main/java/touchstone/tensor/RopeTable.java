package touchstone.tensor;

/**
 * Cosines and sines of the rotary embedding for consecutive positions.
 *
 * @param cos [positions, headDim / 2]
 * @param sin [positions, headDim / 2]
 */
public record RopeTable(float[] cos, float[] sin, int positions, int halfDim) {
  public RopeTable {
    int size = Math.multiplyExact(positions, halfDim);
    if (cos.length != size || sin.length != size) {
      throw new IllegalArgumentException(
          "a rope table of [%d, %d] needs %d values, got %d and %d"
              .formatted(positions, halfDim, size, cos.length, sin.length));
    }
  }
}
