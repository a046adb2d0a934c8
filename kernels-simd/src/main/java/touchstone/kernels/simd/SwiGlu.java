package touchstone.kernels.simd;

import static touchstone.kernels.simd.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import touchstone.tensor.Activations;

/** The gate of the feed-forward network. Lanes are elements. */
final class SwiGlu {
  private SwiGlu() {}

  static void apply(Activations gate, Activations up, Activations y, int from, int to) {
    float[] chunk = new float[Exp.CHUNK];
    for (int start = from; start < to; start += Exp.CHUNK) {
      chunk(gate, up, y, start, Math.min(Exp.CHUNK, to - start), chunk);
    }
  }

  private static void chunk(
      Activations gate, Activations up, Activations y, int start, int count, float[] exps) {
    int g = gate.offset() + start;
    int u = up.offset() + start;
    int out = y.offset() + start;
    for (int i = 0; i < count; i++) {
      exps[i] = -gate.values()[g + i];
    }
    Exp.inPlace(exps, count);
    int i = 0;
    for (; i < FLOATS.loopBound(count); i += Lanes.COUNT) {
      FloatVector.fromArray(FLOATS, gate.values(), g + i)
          .div(FloatVector.fromArray(FLOATS, exps, i).add(1))
          .mul(FloatVector.fromArray(FLOATS, up.values(), u + i))
          .intoArray(y.values(), out + i);
    }
    for (; i < count; i++) {
      y.values()[out + i] = (gate.values()[g + i] / (1 + exps[i])) * up.values()[u + i];
    }
  }
}
