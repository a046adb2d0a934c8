package touchstone.conformance.contract;

/**
 * Equality of results. All NaN count as one: which sign and payload an operation gives to a NaN is
 * left open by the Java language, and the compiler may exchange the operands that decide it. Every
 * other value is its bits; -0 and +0 differ.
 */
public final class Bits {
  private Bits() {}

  /** The first difference in words, or the empty string. */
  public static String difference(float[] expected, float[] found) {
    if (expected.length != found.length) {
      return "%d values instead of %d".formatted(found.length, expected.length);
    }
    for (int i = 0; i < expected.length; i++) {
      if (of(expected[i]) != of(found[i])) {
        return "value %d of %d: expected %s (%08x), found %s (%08x)"
            .formatted(i, found.length, expected[i], of(expected[i]), found[i], of(found[i]));
      }
    }
    return "";
  }

  /** The bits of a float, with one pattern for NaN. */
  public static int of(float value) {
    return Float.floatToIntBits(value);
  }
}
