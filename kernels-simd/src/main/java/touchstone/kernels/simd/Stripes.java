package touchstone.kernels.simd;

import static touchstone.kernels.simd.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import touchstone.kernels.Kernels;

/**
 * Reduction of vectors in {@value Kernels#STRIPES} stripes. Lanes are stripes: a narrow vector
 * passes over the terms several times and takes its share of the stripes each time. One instance
 * serves one thread.
 */
final class Stripes {
  /** Number of dot products that are taken together, to have as many independent sums under way. */
  static final int TOGETHER = 4;

  private static final int WIDTH = Kernels.STRIPES;

  private final float[] stripes = new float[TOGETHER * WIDTH];

  /** The dot product of two vectors that start at the given indices. */
  float dot(float[] a, int aStart, float[] b, int bStart, int count) {
    int bound = count - count % WIDTH;
    for (int stripe = 0; stripe < WIDTH; stripe += Lanes.COUNT) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = stripe; i < bound; i += WIDTH) {
        FloatVector x = FloatVector.fromArray(FLOATS, a, aStart + i);
        sum = x.fma(FloatVector.fromArray(FLOATS, b, bStart + i), sum);
      }
      sum.intoArray(stripes, stripe);
    }
    for (int i = bound; i < count; i++) {
      stripes[i - bound] = Math.fma(a[aStart + i], b[bStart + i], stripes[i - bound]);
    }
    return tree(0);
  }

  /**
   * The dot products of one vector with {@value #TOGETHER} that follow each other in {@code b}.
   *
   * @param target receives them from {@code at} on
   */
  void dots(float[] a, int aStart, float[] b, int bStart, int count, float[] target, int at) {
    int bound = count - count % WIDTH;
    for (int stripe = 0; stripe < WIDTH; stripe += Lanes.COUNT) {
      FloatVector sum0 = FloatVector.zero(FLOATS);
      FloatVector sum1 = sum0;
      FloatVector sum2 = sum0;
      FloatVector sum3 = sum0;
      for (int i = stripe; i < bound; i += WIDTH) {
        FloatVector x = FloatVector.fromArray(FLOATS, a, aStart + i);
        int from = bStart + i;
        sum0 = x.fma(FloatVector.fromArray(FLOATS, b, from), sum0);
        sum1 = x.fma(FloatVector.fromArray(FLOATS, b, from + count), sum1);
        sum2 = x.fma(FloatVector.fromArray(FLOATS, b, from + 2 * count), sum2);
        sum3 = x.fma(FloatVector.fromArray(FLOATS, b, from + 3 * count), sum3);
      }
      sum0.intoArray(stripes, stripe);
      sum1.intoArray(stripes, stripe + WIDTH);
      sum2.intoArray(stripes, stripe + 2 * WIDTH);
      sum3.intoArray(stripes, stripe + 3 * WIDTH);
    }
    for (int j = 0; j < TOGETHER; j++) {
      for (int i = bound; i < count; i++) {
        int stripe = j * WIDTH + i - bound;
        stripes[stripe] = Math.fma(a[aStart + i], b[bStart + j * count + i], stripes[stripe]);
      }
      target[at + j] = tree(j * WIDTH);
    }
  }

  /** The sum of the first {@code count} elements. */
  float sum(float[] a, int count) {
    int bound = count - count % WIDTH;
    for (int stripe = 0; stripe < WIDTH; stripe += Lanes.COUNT) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = stripe; i < bound; i += WIDTH) {
        sum = sum.add(FloatVector.fromArray(FLOATS, a, i));
      }
      sum.intoArray(stripes, stripe);
    }
    for (int i = bound; i < count; i++) {
      stripes[i - bound] += a[i];
    }
    return tree(0);
  }

  private float tree(int start) {
    for (int apart = WIDTH / 2; apart > 0; apart /= 2) {
      for (int j = start; j < start + apart; j++) {
        stripes[j] += stripes[j + apart];
      }
    }
    return stripes[start];
  }
}
