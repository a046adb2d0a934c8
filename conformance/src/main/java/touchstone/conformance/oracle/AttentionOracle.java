package touchstone.conformance.oracle;

/**
 * Attention of one query over the keys and values of one head.
 *
 * <pre>
 * s[p] = (q . k[p]) / sqrt(headDim);  w = softmax(s);  y[j] = sum over p of w[p] * v[p, j]
 * </pre>
 *
 * @shapes q [headDim], k and v [count, headDim], s and w [count], y [headDim]
 */
public final class AttentionOracle {
  /** An exponential within one ulp is within two roundings. */
  private static final int EXP_ROUNDINGS = 2;

  private AttentionOracle() {}

  /** The scores: a dot product, the rounded factor and the product with it round n + 2 times. */
  public static Bounded scores(float[] q, float[] k, int count) {
    int headDim = q.length;
    double[] scores = new double[count];
    double[] bounds = new double[count];
    for (int p = 0; p < count; p++) {
      double gauge = 0;
      for (int j = 0; j < headDim; j++) {
        double term = (double) q[j] * k[p * headDim + j] / Math.sqrt(headDim);
        scores[p] += term;
        gauge += Math.abs(term);
      }
      bounds[p] = Rounding.gamma(headDim + 2L) * gauge + (headDim + 1.0) * Rounding.UNDERFLOW;
    }
    return new Bounded(scores, bounds);
  }

  /**
   * The probabilities of scores that are themselves only known within bounds. If every {@code score -
   * max} is off by at most e, each probability is off by a factor of at most {@code exp(2 e)}; the
   * exponential adds two roundings, in both its places, the sum at most one rounding per term, the division one.
   */
  public static Bounded softmax(Bounded scores) {
    int count = scores.values().length;
    double max = Double.NEGATIVE_INFINITY;
    double min = Double.POSITIVE_INFINITY;
    double inScores = 0;
    for (int p = 0; p < count; p++) {
      max = Math.max(max, scores.values()[p]);
      min = Math.min(min, scores.values()[p]);
      inScores = Math.max(inScores, scores.bounds()[p]);
    }
    double inDifference = 2 * inScores + (max - min + 2 * inScores) * Rounding.UNIT;
    double relative =
        Math.exp(2 * inDifference) * (1 + Rounding.gamma(count + 2L * EXP_ROUNDINGS + 1)) - 1;
    double[] weights = new double[count];
    double sum = 0;
    for (int p = 0; p < count; p++) {
      weights[p] = Math.exp(scores.values()[p] - max);
      sum += weights[p];
    }
    double[] bounds = new double[count];
    for (int p = 0; p < count; p++) {
      weights[p] /= sum;
      bounds[p] = relative * weights[p] + 4 * Rounding.UNDERFLOW;
    }
    return new Bounded(weights, bounds);
  }

  /** The mix with weights that are known within bounds: a sum of {@code count} products. */
  public static Bounded mix(Bounded weights, float[] v, int headDim) {
    int count = weights.values().length;
    double[] y = new double[headDim];
    double[] bounds = new double[headDim];
    for (int j = 0; j < headDim; j++) {
      double inWeights = 0;
      double gauge = 0;
      for (int p = 0; p < count; p++) {
        double value = v[p * headDim + j];
        y[j] += weights.values()[p] * value;
        inWeights += weights.bounds()[p] * Math.abs(value);
        gauge += (weights.values()[p] + weights.bounds()[p]) * Math.abs(value);
      }
      bounds[j] = inWeights + Rounding.gamma(count) * gauge + count * Rounding.UNDERFLOW;
    }
    return new Bounded(y, bounds);
  }
}
