package touchstone.conformance.mutant;

import touchstone.llama.LlamaConfig;
import touchstone.tensor.RopeTable;

/**
 * Where the rows of a rope table stand, and tables of other angles for them. The slowest angle tells
 * the position: it does not come round within any context.
 *
 * <pre>
 * position = angle[last] / theta^(-(headDim - 2) / headDim)
 * </pre>
 */
final class Angles {
  private final int halfDim;
  private final double theta;

  Angles(LlamaConfig config) {
    halfDim = config.headDim() / 2;
    theta = config.ropeTheta();
  }

  /** The frequency of pair j. */
  double frequency(int j) {
    return StrictMath.pow(theta, -(double) j / halfDim);
  }

  /** The positions of a table's rows, divided by the factor of a linear scaling. */
  double[] positions(RopeTable table) {
    double[] positions = new double[table.tokens()];
    for (int row = 0; row < positions.length; row++) {
      int slowest = (row + 1) * halfDim - 1;
      double angle = StrictMath.atan2(table.sin()[slowest], table.cos()[slowest]);
      double turns = angle < 0 ? angle + 2 * Math.PI : angle;
      double position = turns / frequency(halfDim - 1);
      double whole = Math.rint(position);
      positions[row] = Math.abs(position - whole) < 1e-3 * (1 + whole / 100) ? whole : position;
    }
    return positions;
  }

  /** The angle of a pair at a position. */
  @FunctionalInterface
  interface Angle {
    double of(double position, int j);
  }

  /** A table of other angles for the rows of a table. */
  RopeTable table(double[] positions, Angle angle) {
    float[] cos = new float[positions.length * halfDim]; // [tokens, headDim / 2]
    float[] sin = new float[positions.length * halfDim]; // [tokens, headDim / 2]
    for (int row = 0; row < positions.length; row++) {
      for (int j = 0; j < halfDim; j++) {
        double a = angle.of(positions[row], j);
        cos[row * halfDim + j] = (float) StrictMath.cos(a);
        sin[row * halfDim + j] = (float) StrictMath.sin(a);
      }
    }
    return new RopeTable(cos, sin, positions.length, halfDim);
  }

  /** The right angles, at other positions. */
  RopeTable table(double[] positions) {
    return table(positions, (position, j) -> position * frequency(j));
  }
}
