package touchstone.generate;

/**
 * The probabilities that scores stand for.
 *
 * <pre>
 * e[i] = fl32(exp(fl32(s[i] - max(s))))      Z = e[0] + e[1] + ... in double      P[i] = fl32(e[i] / Z)
 * </pre>
 *
 * where fl32 rounds to the nearest float. The exponential is that of {@link StrictMath} (fdlibm), in
 * double: {@link Math#exp} may differ in its last bit from machine to machine. Because e[i] is
 * rounded to a float, a language whose own exp errs in the last bit of a double still gets these
 * bits, but for about one value in 2^28.
 *
 * @source transformers 4.33 and 5.18 apply torch's fp32 softmax, whose exponential and order of
 *     additions depend on the processor; this is the same up to a few units in the last place
 * @shapes scores [n], any n from 1
 * @numerics as above; the terms of Z are added in ascending order of i
 * @rules SAMPLE-7
 */
public final class Softmax {
  private Softmax() {}

  /**
   * Turns scores into probabilities.
   *
   * @param scores neither NaN nor plus infinity, and not all minus infinity
   */
  public static float[] probabilities(float[] scores) {
    float max = Float.NEGATIVE_INFINITY;
    for (float score : scores) {
      max = Math.max(max, score);
    }
    float[] probabilities = new float[scores.length];
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      probabilities[i] = (float) StrictMath.exp(scores[i] - max);
      sum += probabilities[i];
    }
    for (int i = 0; i < scores.length; i++) {
      probabilities[i] = (float) (probabilities[i] / sum);
    }
    return probabilities;
  }
}
