package touchstone.conformance.oracle;

/** Operations on pairs of numbers: the rotation and the gate. */
public final class ElementOracle {
  private ElementOracle() {}

  /**
   * The rotation of one head: element j with element j + headDim / 2.
   *
   * <pre>
   * a' = a cos - b sin        b' = b cos + a sin
   * </pre>
   *
   * Both products and the sum are rounded at most once: two roundings per term.
   *
   * @shapes x [headDim], cos and sin [headDim / 2]
   */
  public static Bounded rotate(float[] x, float[] cos, float[] sin) {
    int half = cos.length;
    double[] y = new double[2 * half];
    double[] bounds = new double[2 * half];
    for (int j = 0; j < half; j++) {
      double a = x[j];
      double b = x[j + half];
      y[j] = a * cos[j] - b * sin[j];
      y[j + half] = b * cos[j] + a * sin[j];
      bounds[j] = Rounding.gamma(2) * (Math.abs(a * cos[j]) + Math.abs(b * sin[j]));
      bounds[j + half] = Rounding.gamma(2) * (Math.abs(b * cos[j]) + Math.abs(a * sin[j]));
      bounds[j] += 3 * Rounding.UNDERFLOW;
      bounds[j + half] += 3 * Rounding.UNDERFLOW;
    }
    return new Bounded(y, bounds);
  }

  /**
   * The gate.
   *
   * <pre>
   * y = g / (1 + exp(-g)) * u
   * </pre>
   *
   * The exponential counts for two roundings; sum, quotient and product for one each. Where exp(-g)
   * overflows, {@code |g| exp(g) < 89 exp(-88.72) < 2^-121} is lost.
   */
  public static Bounded swiGlu(float[] gate, float[] up) {
    double[] y = new double[gate.length];
    double[] bounds = new double[gate.length];
    for (int i = 0; i < gate.length; i++) {
      y[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
      bounds[i] =
          Rounding.gamma(5) * Math.abs(y[i])
              + Math.abs(up[i]) * (gate[i] < -88 ? 0x1p-121 : Rounding.UNDERFLOW)
              + Rounding.UNDERFLOW;
    }
    return new Bounded(y, bounds);
  }
}
