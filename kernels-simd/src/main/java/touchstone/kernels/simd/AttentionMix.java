package touchstone.kernels.simd;

import static touchstone.kernels.simd.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;

/** The mix of values of one head. Lanes are neighbouring elements of the head, each summed by one. */
final class AttentionMix {
  private AttentionMix() {}

  static void head(
      float[] probabilities, int count, KeyValues cache, Activations y, int row, int head) {
    int headDim = cache.headDim();
    int kvHead = Heads.shared(head, y.columns() / headDim, cache.kvHeads());
    int value = cache.start(kvHead, 0);
    int out = y.start(row) + head * headDim;
    int j = 0;
    for (; j <= headDim - 4 * Lanes.COUNT; j += 4 * Lanes.COUNT) {
      four(probabilities, count, cache.values(), value + j, headDim, y.values(), out + j);
    }
    for (; j < FLOATS.loopBound(headDim); j += Lanes.COUNT) {
      one(probabilities, count, cache.values(), value + j, headDim, y.values(), out + j);
    }
    for (; j < headDim; j++) {
      float sum = 0;
      for (int p = 0; p < count; p++) {
        sum = Math.fma(probabilities[p], cache.values()[value + p * headDim + j], sum);
      }
      y.values()[out + j] = sum;
    }
  }

  private static void four(
      float[] probabilities, int count, float[] v, int value, int headDim, float[] y, int out) {
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    for (int p = 0; p < count; p++) {
      FloatVector probability = FloatVector.broadcast(FLOATS, probabilities[p]);
      int at = value + p * headDim;
      sum0 = probability.fma(FloatVector.fromArray(FLOATS, v, at), sum0);
      sum1 = probability.fma(FloatVector.fromArray(FLOATS, v, at + Lanes.COUNT), sum1);
      sum2 = probability.fma(FloatVector.fromArray(FLOATS, v, at + 2 * Lanes.COUNT), sum2);
      sum3 = probability.fma(FloatVector.fromArray(FLOATS, v, at + 3 * Lanes.COUNT), sum3);
    }
    sum0.intoArray(y, out);
    sum1.intoArray(y, out + Lanes.COUNT);
    sum2.intoArray(y, out + 2 * Lanes.COUNT);
    sum3.intoArray(y, out + 3 * Lanes.COUNT);
  }

  private static void one(
      float[] probabilities, int count, float[] v, int value, int headDim, float[] y, int out) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int p = 0; p < count; p++) {
      FloatVector probability = FloatVector.broadcast(FLOATS, probabilities[p]);
      sum = probability.fma(FloatVector.fromArray(FLOATS, v, value + p * headDim), sum);
    }
    sum.intoArray(y, out);
  }
}
