package touchstone.conformance.mutant;

/** Rounds to the 16-bit types. */
final class Half {
  private static final int BFLOAT_SHIFT = 16;

  private Half() {}

  /** To the nearest binary16, ties to even. */
  static float binary16(float value) {
    return Float.float16ToFloat(Float.floatToFloat16(value));
  }

  /** To the nearest bfloat16, ties to even. */
  static float bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int odd = bits >>> BFLOAT_SHIFT & 1;
    int rounded = bits + (1 << BFLOAT_SHIFT - 1) - 1 + odd;
    return Float.intBitsToFloat(rounded & -(1 << BFLOAT_SHIFT));
  }
}
