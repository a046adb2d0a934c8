package touchstone.kernels.simd;

import static touchstone.kernels.simd.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/** Scores to probabilities. Lanes are scores; the sum is taken in {@link Stripes}. */
final class Softmax {
  private Softmax() {}

  static void apply(float[] scores, int count, Stripes stripes) {
    float max = max(scores, count);
    float[] chunk = new float[Exp.CHUNK];
    for (int start = 0; start < count; start += Exp.CHUNK) {
      int size = Math.min(Exp.CHUNK, count - start);
      for (int i = 0; i < size; i++) {
        chunk[i] = scores[start + i] - max;
      }
      Exp.inPlace(chunk, size);
      System.arraycopy(chunk, 0, scores, start, size);
    }
    divide(scores, count, stripes.sum(scores, count));
  }

  private static float max(float[] scores, int count) {
    FloatVector lanes = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    int i = 0;
    for (; i < FLOATS.loopBound(count); i += Lanes.COUNT) {
      lanes = lanes.max(FloatVector.fromArray(FLOATS, scores, i));
    }
    float max = Float.NEGATIVE_INFINITY;
    for (float lane : lanes.toArray()) {
      max = Math.max(max, lane);
    }
    for (; i < count; i++) {
      max = Math.max(max, scores[i]);
    }
    return max;
  }

  private static void divide(float[] scores, int count, float sum) {
    int i = 0;
    for (; i < FLOATS.loopBound(count); i += Lanes.COUNT) {
      FloatVector.fromArray(FLOATS, scores, i).div(sum).intoArray(scores, i);
    }
    for (; i < count; i++) {
      scores[i] /= sum;
    }
  }
}
