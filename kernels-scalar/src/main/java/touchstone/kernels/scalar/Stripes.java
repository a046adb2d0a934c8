package touchstone.kernels.scalar;

import touchstone.kernels.Kernels;

/**
 * Reduction of one vector in a fixed order that suits vector units of 4, 8 and 16 lanes alike.
 *
 * <pre>
 * s[j] = sum of terms j, j + 16, j + 32, ...              ascending, one accumulator each
 * s[j] += s[j + 8] for j &lt; 8;  then 4, 2, 1 apart;  the result is s[0]
 * </pre>
 *
 * @shapes a, b [count]
 * @numerics fp32; products are fused into the addition
 * @rules SUM-2
 */
final class Stripes {
  private Stripes() {}

  /** The dot product of two vectors that start at the given indices. */
  static float dot(float[] a, int aStart, float[] b, int bStart, int count) {
    float[] stripes = new float[Kernels.STRIPES];
    int whole = count - count % Kernels.STRIPES;
    for (int i = 0; i < whole; i += Kernels.STRIPES) {
      for (int j = 0; j < Kernels.STRIPES; j++) {
        stripes[j] = Math.fma(a[aStart + i + j], b[bStart + i + j], stripes[j]);
      }
    }
    for (int i = whole; i < count; i++) {
      int j = i - whole;
      stripes[j] = Math.fma(a[aStart + i], b[bStart + i], stripes[j]);
    }
    return tree(stripes);
  }

  /** The sum of the first {@code count} elements. */
  static float sum(float[] a, int count) {
    float[] stripes = new float[Kernels.STRIPES];
    for (int i = 0; i < count; i++) {
      stripes[i % Kernels.STRIPES] += a[i];
    }
    return tree(stripes);
  }

  private static float tree(float[] stripes) {
    for (int apart = Kernels.STRIPES / 2; apart > 0; apart /= 2) {
      for (int j = 0; j < apart; j++) {
        stripes[j] += stripes[j + apart];
      }
    }
    return stripes[0];
  }
}
