package touchstone.kernels;

/**
 * The exponential function that softmax and silu use, given as constants so that scalar and vector
 * code can take the same steps. {@code Math.exp} and the Vector API's own change their bits between
 * processors and between interpreter and compiler; these steps do not.
 *
 * <pre>
 * x = min(max(x, LOWEST), HIGHEST)
 * n = fma(x, LOG2_E, ROUND) - ROUND                  nearest integer to x / ln 2
 * r = fma(n, -LN2_LOW, fma(n, -LN2_HIGH, x))         |r| &lt;= ln 2 / 2
 * p = C[7]; p = fma(p, r, C[k]) for k = 6 .. 0       Taylor: C[k] = 1 / k!
 * e = (p * 2^(n >> 1)) * 2^(n - (n >> 1))            two steps reach subnormals and infinity
 * </pre>
 *
 * The first omitted term is below {@code (ln 2 / 2)^8 / 8! = 5.2e-9}, a tenth of an ulp.
 *
 * @rules EXP-1
 */
public final class ExpPolynomial {
  /** Arguments below give 0. */
  public static final float LOWEST = -105f;

  /** Arguments above give infinity. */
  public static final float HIGHEST = 89f;

  /** 1 / ln 2. */
  public static final float LOG2_E = 0x1.715476p0f;

  /** 1.5 * 2^23: adding and subtracting it rounds to the nearest integer, ties to even. */
  public static final float ROUND = 0x1.8p23f;

  /** The first 15 significant bits of ln 2, so that a product with n is exact. */
  public static final float LN2_HIGH = 0x1.62e4p-1f;

  /** ln 2 - LN2_HIGH. */
  public static final float LN2_LOW = 0x1.7f7d1cp-20f;

  /** 1 / 7!. */
  public static final float C7 = 1f / 5040;

  /** 1 / 6!. */
  public static final float C6 = 1f / 720;

  /** 1 / 5!. */
  public static final float C5 = 1f / 120;

  /** 1 / 4!. */
  public static final float C4 = 1f / 24;

  /** 1 / 3!. */
  public static final float C3 = 1f / 6;

  /** 1 / 2!. */
  public static final float C2 = 0.5f;

  /** Bits of the exponent bias, to build {@code 2^k} as {@code (k + 127) << 23}. */
  public static final int EXPONENT_BIAS = 127;

  /** Width of the fraction. */
  public static final int FRACTION_BITS = 23;

  private ExpPolynomial() {}
}
