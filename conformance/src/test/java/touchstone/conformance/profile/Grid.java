package touchstone.conformance.profile;

/**
 * Rounding to a 16-bit type from its definition: the multiple of the step at x that is nearest, ties to
 * even. Shares nothing with {@link HalfType}; a double is rounded once.
 */
final class Grid {
  private Grid() {}

  static double round(HalfType type, double x) {
    if (x == 0 || !Double.isFinite(x)) {
      return x;
    }
    int precision = type == HalfType.F16 ? 11 : 8;
    int least = type == HalfType.F16 ? -24 : -133; // exponent of the smallest number
    int greatest = type == HalfType.F16 ? 15 : 127; // exponent of the largest number
    int exponent = Math.max(Math.getExponent(x) - (precision - 1), least);
    double rounded = Math.scalb(Math.rint(Math.scalb(x, -exponent)), exponent);
    return Math.getExponent(rounded) > greatest
        ? Math.copySign(Double.POSITIVE_INFINITY, x)
        : rounded;
  }

  /** All values, as floats. */
  static float[] round(HalfType type, float[] values) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = (float) round(type, values[i]);
    }
    return rounded;
  }
}
