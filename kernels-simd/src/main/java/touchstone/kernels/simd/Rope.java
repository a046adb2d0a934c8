package touchstone.kernels.simd;

import static touchstone.kernels.simd.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import touchstone.tensor.Activations;
import touchstone.tensor.RopeTable;

/** The rotation of every head of one row. Lanes are neighbouring pairs. */
final class Rope {
  private Rope() {}

  static void row(Activations x, int row, RopeTable table) {
    int end = x.start(row) + x.columns();
    for (int head = x.start(row); head < end; head += 2 * table.halfDim()) {
      head(x.values(), head, table, row * table.halfDim());
    }
  }

  private static void head(float[] values, int head, RopeTable table, int angles) {
    int halfDim = table.halfDim();
    int j = 0;
    for (; j < FLOATS.loopBound(halfDim); j += Lanes.COUNT) {
      FloatVector cos = FloatVector.fromArray(FLOATS, table.cos(), angles + j);
      FloatVector sin = FloatVector.fromArray(FLOATS, table.sin(), angles + j);
      FloatVector a = FloatVector.fromArray(FLOATS, values, head + j);
      FloatVector b = FloatVector.fromArray(FLOATS, values, head + halfDim + j);
      a.fma(cos, b.mul(sin).neg()).intoArray(values, head + j);
      b.fma(cos, a.mul(sin)).intoArray(values, head + halfDim + j);
    }
    for (; j < halfDim; j++) {
      float cos = table.cos()[angles + j];
      float sin = table.sin()[angles + j];
      float a = values[head + j];
      float b = values[head + halfDim + j];
      values[head + j] = Math.fma(a, cos, -(b * sin));
      values[head + halfDim + j] = Math.fma(b, cos, a * sin);
    }
  }
}
