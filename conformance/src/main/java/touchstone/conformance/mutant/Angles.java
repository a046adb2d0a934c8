package touchstone.conformance.mutant;

import touchstone.llama.LlamaConfig;
import touchstone.llama.RopeScaling;
import touchstone.tensor.RopeTable;

/**
 * What a rope table was made of, found in its angles, so that a deviation can make another of it.
 *
 * <pre>
 * angle[row, j] = position[row] / factor * theta[row]^(-j / halfDim)
 * </pre>
 *
 * The slowest pair tells the position, but for whole turns; the first one of which all pairs have the
 * angles is it. With dynamic scaling the base depends on where a row's sequence ends, and the last row
 * of a sequence tells that.
 */
final class Angles {
  private static final int LONGEST = 1 << 17;

  /** What rounding to binary32 does to the angle of a cosine and a sine, and a little more. */
  private static final double ROUNDING = 2e-7;

  private final RopeTable table;
  private final LlamaConfig config;
  private final double factor;
  private final double[] positions; // [rows]
  private final double[] thetas; // [rows]

  private Angles(RopeTable table, LlamaConfig config) {
    this.table = table;
    this.config = config;
    this.factor = config.ropeScaling() instanceof RopeScaling.Linear(double by) ? by : 1;
    this.positions = new double[table.tokens()];
    this.thetas = new double[table.tokens()];
    for (int row = table.tokens() - 1; row >= 0; row--) {
      find(row);
    }
  }

  /** What a table of a model was made of. */
  static Angles of(RopeTable table, LlamaConfig config) {
    return new Angles(table, config);
  }

  /** The position of each row. */
  double[] positions() {
    return positions.clone();
  }

  /** Position by linear scaling: what the frequencies are multiplied by. */
  double stretched(double position) {
    return position / factor;
  }

  /** The angle of a pair. */
  @FunctionalInterface
  interface Angle {
    /** In radians, before positions are stretched. */
    double of(double position, double frequency);
  }

  /** A table of other angles. */
  RopeTable table(Angle angle) {
    return table(positions, angle);
  }

  /** The right angles, at other positions. */
  RopeTable table(double[] other) {
    return table(other, (position, frequency) -> position * frequency);
  }

  private RopeTable table(double[] at, Angle angle) {
    return table(
        at.length,
        table.halfDim(),
        (row, j) -> stretched(angle.of(at[row], frequency(thetas[row], j))));
  }

  /** The angle of a pair of a row. */
  @FunctionalInterface
  interface RowAngle {
    /** In radians. */
    double of(int row, int j);
  }

  /** A table of angles. */
  static RopeTable table(int rows, int halfDim, RowAngle angle) {
    float[] cos = new float[rows * halfDim]; // [tokens, headDim / 2]
    float[] sin = new float[rows * halfDim]; // [tokens, headDim / 2]
    for (int i = 0; i < cos.length; i++) {
      double a = angle.of(i / halfDim, i % halfDim);
      cos[i] = (float) StrictMath.cos(a);
      sin[i] = (float) StrictMath.sin(a);
    }
    return new RopeTable(cos, sin, rows, halfDim);
  }

  private void find(int row) {
    double likely = row + 1 < thetas.length ? thetas[row + 1] : config.ropeTheta();
    if (find(row, likely) || find(row, config.ropeTheta()) || findEnd(row)) {
      return;
    }
    thetas[row] = config.ropeTheta();
    positions[row] = turned(row, table.halfDim() - 1) / slowest(thetas[row]) * factor;
  }

  private boolean find(int row, double theta) {
    double perTurn = 2 * Math.PI / slowest(theta) * factor; // in positions
    double first = turned(row, table.halfDim() - 1) / slowest(theta) * factor;
    for (int turn = 0; first + turn * perTurn < LONGEST; turn++) {
      double whole = Math.rint(first + turn * perTurn);
      if (fits(row, whole, theta)) {
        positions[row] = whole;
        thetas[row] = theta;
        return true;
      }
    }
    return false;
  }

  /** The row as the last one of a sequence that dynamic scaling stretches. */
  private boolean findEnd(int row) {
    if (!(config.ropeScaling() instanceof RopeScaling.Dynamic(double by, int trained))) {
      return false;
    }
    double exponent = config.headDim() / (config.headDim() - 2.0);
    for (int length = trained + 1; length <= LONGEST; length++) {
      double stretch = by * length / trained - (by - 1);
      double theta = config.ropeTheta() * StrictMath.pow(stretch, exponent);
      if (fits(row, length - 1, theta)) {
        positions[row] = length - 1;
        thetas[row] = theta;
        return true;
      }
    }
    return false;
  }

  private boolean fits(int row, double position, double theta) {
    for (int j = table.halfDim() - 1; j >= 0; j--) {
      double off = stretched(position) * frequency(theta, j) - turned(row, j);
      if (Math.abs(Math.IEEEremainder(off, 2 * Math.PI)) > ROUNDING) {
        return false;
      }
    }
    return true;
  }

  /** From 0 to a whole turn. */
  private double turned(int row, int j) {
    int at = row * table.halfDim() + j;
    double angle = StrictMath.atan2(table.sin()[at], table.cos()[at]);
    return angle < 0 ? angle + 2 * Math.PI : angle;
  }

  private double frequency(double theta, int j) {
    return StrictMath.pow(theta, -(double) j / table.halfDim());
  }

  private double slowest(double theta) {
    return frequency(theta, table.halfDim() - 1);
  }
}
