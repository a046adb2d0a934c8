package touchstone.conformance.oracle;

/**
 * Root-mean-square normalisation of one row.
 *
 * <pre>
 * y[i] = gain[i] * x[i] / sqrt(sum(x[i]^2) / dim + epsilon)
 * </pre>
 *
 * @shapes x, gain, y [dim]
 */
public final class NormOracle {
  private NormOracle() {}

  /**
   * The mean takes at most dim roundings for the sum and two for the division and epsilon; the root
   * turns a relative error e of its argument into at most {@code 1 / sqrt(1 - e) - 1}; root,
   * reciprocal and the two products add four.
   */
  public static Bounded rmsNorm(float[] x, float[] gain, float epsilon) {
    int dim = x.length;
    double squares = 0;
    for (float element : x) {
      squares += (double) element * element;
    }
    double argument = squares / dim + epsilon;
    double r = 1 / Math.sqrt(argument);
    double inArgument = Rounding.gamma(dim + 2L) + dim * Rounding.UNDERFLOW / argument;
    double relative = (1 + Rounding.gamma(4)) / Math.sqrt(1 - inArgument) - 1;
    double[] y = new double[dim];
    double[] bounds = new double[dim];
    for (int i = 0; i < dim; i++) {
      y[i] = gain[i] * (x[i] * r);
      bounds[i] = relative * Math.abs(y[i]) + (1 + Math.abs(gain[i])) * Rounding.UNDERFLOW;
    }
    return new Bounded(y, bounds);
  }
}
