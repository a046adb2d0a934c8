package touchstone.conformance.oracle;

/**
 * What fp32 arithmetic may do to a sum, whatever its order and with or without fused operations.
 *
 * <pre>
 * |computed - exact| &lt;= gamma(n) * gauge        gamma(n) = n u / (1 - n u),  u = 2^-24
 * </pre>
 *
 * where no term passes through more than n roundings and the gauge is the sum of the terms'
 * magnitudes. A result below the normal range adds up to {@link #UNDERFLOW} per rounding.
 *
 * @source Higham 2002, Accuracy and Stability of Numerical Algorithms, lemma 3.1 and section 3.1
 * @rules TOL-2
 */
public final class Rounding {
  /** Half an ulp of 1 in fp32: the largest relative error of one rounding. */
  public static final double UNIT = 0x1p-24;

  /** Half the smallest fp32 number: the largest absolute error of a rounding that underflows. */
  public static final double UNDERFLOW = 0x1p-150;

  private Rounding() {}

  /** The largest relative error of a term after {@code n} roundings. */
  public static double gamma(long n) {
    return gamma(n, UNIT);
  }

  /** The same where one rounding is off by at most {@code unit} of its result. */
  public static double gamma(long n, double unit) {
    double nu = n * unit;
    if (nu >= 0.5) {
      throw new IllegalArgumentException("no useful bound for " + n + " roundings");
    }
    return nu / (1 - nu);
  }
}
