package touchstone.kernels.simd;

import static touchstone.kernels.simd.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import touchstone.tensor.Activations;

/** Element-wise sums: the residual connection and the bias of a linear layer. Lanes are elements. */
final class Sums {
  private Sums() {}

  /** {@code y[r] = y[r] + b} for every row. */
  static void addToRows(Activations y, float[] bias) {
    for (int row = 0; row < y.rows(); row++) {
      add(y.values(), y.start(row), bias, 0, bias.length);
    }
  }

  /** {@code x[i] = x[i] + d[i]}. */
  static void add(float[] x, int xStart, float[] d, int dStart, int count) {
    int i = 0;
    for (; i < FLOATS.loopBound(count); i += Lanes.COUNT) {
      FloatVector.fromArray(FLOATS, x, xStart + i)
          .add(FloatVector.fromArray(FLOATS, d, dStart + i))
          .intoArray(x, xStart + i);
    }
    for (; i < count; i++) {
      x[xStart + i] += d[dStart + i];
    }
  }
}
