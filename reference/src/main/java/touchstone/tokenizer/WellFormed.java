package touchstone.tokenizer;

/**
 * Java strings may hold halves of surrogate pairs, which UTF-8 cannot express.
 *
 * @rules TOK-5
 */
final class WellFormed {
  private WellFormed() {}

  /** Whether every surrogate has its other half. */
  static boolean is(String text) {
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      if (isHalf(text.codePointAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** The text with U+FFFD for every half of a pair. */
  static String of(String text) {
    if (is(text)) {
      return text;
    }
    StringBuilder mended = new StringBuilder(text.length());
    text.codePoints().forEach(point -> mended.appendCodePoint(isHalf(point) ? 0xFFFD : point));
    return mended.toString();
  }

  private static boolean isHalf(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }
}
