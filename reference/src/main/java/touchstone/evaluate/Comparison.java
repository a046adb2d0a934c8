package touchstone.evaluate;

/**
 * How far a model's predictions are from those of another one, the base: the same tokens of the same
 * windows, P the base's probabilities and Q the model's.
 *
 * <pre>
 * KLD = P[0] (ln P[0] - ln Q[0]) + P[1] (ln P[1] - ln Q[1]) + ...      dp = Q[target] - P[target]
 * ln ratio = mean (nllQ - nllP), the logarithm of perplexity(Q) / perplexity(P)
 * </pre>
 *
 * The error of the ratio is that of the paired differences, and so contains the covariance of the
 * two: it is far smaller than the error of either perplexity.
 *
 * @param model how well the model predicts the text
 * @param base how well the base does
 * @param divergence KLD of each token that counts, in nats
 * @param logRatio nllQ - nllP of each
 * @param probabilityChange dp of each
 * @param squaredChange dp^2 of each
 * @param sameTop 1 where both have the same most probable token (the first of equals), else 0
 * @source llama.cpp examples/perplexity/perplexity.cpp at 1035c6ed, kl_divergence
 * @deviation probabilities are not rounded to 16 bits on the way, so a model does not diverge from
 *     itself
 * @rules PPL-7
 */
public record Comparison(
    Perplexity model,
    Perplexity base,
    Samples divergence,
    Samples logRatio,
    Samples probabilityChange,
    Samples squaredChange,
    Samples sameTop) {

  /** A comparison of nothing yet. */
  static Comparison start() {
    return new Comparison(
        new Perplexity(new Samples()),
        new Perplexity(new Samples()),
        new Samples(),
        new Samples(),
        new Samples(),
        new Samples(),
        new Samples());
  }

  /**
   * Takes in a token.
   *
   * @param p ln P [vocab]
   * @param q ln Q [vocab]
   */
  void add(int target, double[] p, double[] q) {
    model.nll().add(-q[target]);
    base.nll().add(-p[target]);
    logRatio.add(p[target] - q[target]);
    divergence.add(divergence(p, q));
    double change = StrictMath.exp(q[target]) - StrictMath.exp(p[target]);
    probabilityChange.add(change);
    squaredChange.add(change * change);
    sameTop.add(top(p) == top(q) ? 1 : 0);
  }

  private static double divergence(double[] p, double[] q) {
    double sum = 0;
    for (int id = 0; id < p.length; id++) {
      sum += StrictMath.exp(p[id]) * (p[id] - q[id]);
    }
    return sum;
  }

  private static int top(double[] values) {
    int top = 0;
    for (int id = 1; id < values.length; id++) {
      top = values[id] > values[top] ? id : top;
    }
    return top;
  }

  /** perplexity(Q) / perplexity(P). */
  public double perplexityRatio() {
    return StrictMath.exp(logRatio.mean());
  }

  /** The root of the mean of dp^2. */
  public double rmsChange() {
    return Math.sqrt(squaredChange.mean());
  }

  /** Its standard error, by the delta method; 0 if nothing changed. */
  public double rmsChangeError() {
    double rms = rmsChange();
    return rms == 0 ? 0 : squaredChange.standardError() / (2 * rms);
  }
}
