package touchstone.kernels.simd;

import static touchstone.kernels.simd.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import touchstone.kernels.Kernels;
import touchstone.tensor.Activations;

/**
 * Reduction of vectors in {@value Kernels#STRIPES} stripes. Lanes are stripes: a narrow vector
 * passes over the terms several times and takes its share of the stripes each time. One instance
 * serves one thread.
 */
final class Stripes {
  /** Number of dot products that are taken together, to have as many independent sums under way. */
  static final int TOGETHER = 4;

  private static final int WIDTH = Kernels.STRIPES;

  private final float[] stripes = new float[TOGETHER * TOGETHER * WIDTH];

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

  /**
   * The dot products of {@value #TOGETHER} rows of x with {@value #TOGETHER} rows of w.
   *
   * @param w [TOGETHER, count]
   * @param y receives them in columns from {@code n} on of the same rows
   */
  void square(Activations x, int row, float[] w, int count, Activations y, int n) {
    float[] a = x.values();
    int from = x.start(row);
    int stride = x.columns();
    int bound = count - count % WIDTH;
    for (int stripe = 0; stripe < WIDTH; stripe += Lanes.COUNT) {
      FloatVector zero = FloatVector.zero(FLOATS);
      FloatVector sum00 = zero;
      FloatVector sum01 = zero;
      FloatVector sum02 = zero;
      FloatVector sum03 = zero;
      FloatVector sum10 = zero;
      FloatVector sum11 = zero;
      FloatVector sum12 = zero;
      FloatVector sum13 = zero;
      FloatVector sum20 = zero;
      FloatVector sum21 = zero;
      FloatVector sum22 = zero;
      FloatVector sum23 = zero;
      FloatVector sum30 = zero;
      FloatVector sum31 = zero;
      FloatVector sum32 = zero;
      FloatVector sum33 = zero;
      for (int i = stripe; i < bound; i += WIDTH) {
        FloatVector w0 = FloatVector.fromArray(FLOATS, w, i);
        FloatVector w1 = FloatVector.fromArray(FLOATS, w, count + i);
        FloatVector w2 = FloatVector.fromArray(FLOATS, w, 2 * count + i);
        FloatVector w3 = FloatVector.fromArray(FLOATS, w, 3 * count + i);
        FloatVector value = FloatVector.fromArray(FLOATS, a, from + i);
        sum00 = w0.fma(value, sum00);
        sum01 = w1.fma(value, sum01);
        sum02 = w2.fma(value, sum02);
        sum03 = w3.fma(value, sum03);
        value = FloatVector.fromArray(FLOATS, a, from + stride + i);
        sum10 = w0.fma(value, sum10);
        sum11 = w1.fma(value, sum11);
        sum12 = w2.fma(value, sum12);
        sum13 = w3.fma(value, sum13);
        value = FloatVector.fromArray(FLOATS, a, from + 2 * stride + i);
        sum20 = w0.fma(value, sum20);
        sum21 = w1.fma(value, sum21);
        sum22 = w2.fma(value, sum22);
        sum23 = w3.fma(value, sum23);
        value = FloatVector.fromArray(FLOATS, a, from + 3 * stride + i);
        sum30 = w0.fma(value, sum30);
        sum31 = w1.fma(value, sum31);
        sum32 = w2.fma(value, sum32);
        sum33 = w3.fma(value, sum33);
      }
      sum00.intoArray(stripes, stripe);
      sum01.intoArray(stripes, WIDTH + stripe);
      sum02.intoArray(stripes, 2 * WIDTH + stripe);
      sum03.intoArray(stripes, 3 * WIDTH + stripe);
      sum10.intoArray(stripes, 4 * WIDTH + stripe);
      sum11.intoArray(stripes, 5 * WIDTH + stripe);
      sum12.intoArray(stripes, 6 * WIDTH + stripe);
      sum13.intoArray(stripes, 7 * WIDTH + stripe);
      sum20.intoArray(stripes, 8 * WIDTH + stripe);
      sum21.intoArray(stripes, 9 * WIDTH + stripe);
      sum22.intoArray(stripes, 10 * WIDTH + stripe);
      sum23.intoArray(stripes, 11 * WIDTH + stripe);
      sum30.intoArray(stripes, 12 * WIDTH + stripe);
      sum31.intoArray(stripes, 13 * WIDTH + stripe);
      sum32.intoArray(stripes, 14 * WIDTH + stripe);
      sum33.intoArray(stripes, 15 * WIDTH + stripe);
    }
    for (int j = 0; j < TOGETHER * TOGETHER; j++) {
      int left = from + j / TOGETHER * stride;
      int right = j % TOGETHER * count;
      for (int i = bound; i < count; i++) {
        int stripe = j * WIDTH + i - bound;
        stripes[stripe] = Math.fma(a[left + i], w[right + i], stripes[stripe]);
      }
      y.values()[y.start(row + j / TOGETHER) + n + j % TOGETHER] = tree(j * WIDTH);
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
    return tree(stripes, start);
  }

  /** Adds the stripes from {@code start} on as a tree: those 8, then 4, 2 and 1 apart. */
  static float tree(float[] stripes, int start) {
    float sum0 = stripes[start] + stripes[start + 8];
    float sum1 = stripes[start + 1] + stripes[start + 9];
    float sum2 = stripes[start + 2] + stripes[start + 10];
    float sum3 = stripes[start + 3] + stripes[start + 11];
    float sum4 = stripes[start + 4] + stripes[start + 12];
    float sum5 = stripes[start + 5] + stripes[start + 13];
    float sum6 = stripes[start + 6] + stripes[start + 14];
    float sum7 = stripes[start + 7] + stripes[start + 15];
    sum0 += sum4;
    sum1 += sum5;
    sum2 += sum6;
    sum3 += sum7;
    sum0 += sum2;
    sum1 += sum3;
    return sum0 + sum1;
  }
}
