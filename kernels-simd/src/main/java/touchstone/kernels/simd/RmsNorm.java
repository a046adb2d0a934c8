package touchstone.kernels.simd;

import static touchstone.kernels.simd.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import touchstone.tensor.Activations;

/** Root-mean-square normalisation of one row. Lanes are stripes, then elements. */
final class RmsNorm {
  private RmsNorm() {}

  static void row(
      Activations x, int row, float[] gain, float epsilon, Activations y, Stripes stripes) {
    int dim = x.columns();
    int from = x.start(row);
    int to = y.start(row);
    float mean = stripes.dot(x.values(), from, x.values(), from, dim) / dim;
    float r = 1 / (float) Math.sqrt(mean + epsilon);
    int i = 0;
    for (; i < FLOATS.loopBound(dim); i += Lanes.COUNT) {
      FloatVector scaled = FloatVector.fromArray(FLOATS, x.values(), from + i).mul(r);
      FloatVector.fromArray(FLOATS, gain, i).mul(scaled).intoArray(y.values(), to + i);
    }
    for (; i < dim; i++) {
      y.values()[to + i] = gain[i] * (x.values()[from + i] * r);
    }
  }
}
