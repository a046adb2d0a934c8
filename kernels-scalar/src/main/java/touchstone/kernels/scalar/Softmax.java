package touchstone.kernels.scalar;

/**
 * Turns scores into probabilities.
 *
 * <pre>
 * p[i] = exp(s[i] - max(s)) / sum over j of exp(s[j] - max(s))
 * </pre>
 *
 * @shapes s, p [count]
 * @numerics fp32; {@link Exp}; the sum in {@link Stripes}; the division correctly rounded
 * @deviation none
 * @rules SOFTMAX-1
 */
final class Softmax {
  private Softmax() {}

  static void apply(float[] scores, int count) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, scores[i]);
    }
    for (int i = 0; i < count; i++) {
      scores[i] = Exp.exp(scores[i] - max);
    }
    float sum = Stripes.sum(scores, count);
    for (int i = 0; i < count; i++) {
      scores[i] /= sum;
    }
  }
}
