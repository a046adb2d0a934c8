package touchstone.tokenizer;

/**
 * Turns bytes that arrive one at a time into text. A well-formed sequence (no overlong form, no
 * surrogate, at most U+10FFFF) becomes its character; a byte that can no longer be part of one becomes
 * U+FFFD alone, and reading starts again at the byte after it.
 *
 * @source google/sentencepiece@2734490 src/sentencepiece_processor.cc, decoding of byte pieces
 * @rules TOK-10
 */
final class Utf8Assembler {
  private static final int NOT_YET = 0;
  private static final int NEVER = -1;

  private final byte[] held = new byte[4];
  private int size;

  /** Takes one byte and appends whatever is now certain. */
  void accept(byte next, StringBuilder text) {
    held[size++] = next;
    settle(text);
  }

  /** No byte follows: what is still held can no longer become a character. */
  void flush(StringBuilder text) {
    for (; size > 0; size--) {
      text.append('\uFFFD');
    }
  }

  private void settle(StringBuilder text) {
    while (size > 0) {
      int length = characterLength();
      if (length == NOT_YET) {
        return;
      }
      text.appendCodePoint(length == NEVER ? 0xFFFD : character(length));
      int used = Math.max(length, 1);
      System.arraycopy(held, used, held, 0, size - used);
      size -= used;
    }
  }

  /** Bytes of the character that is held, or {@link #NOT_YET}, or {@link #NEVER}. */
  private int characterLength() {
    int lead = held[0] & 0xFF;
    int length = lead < 0x80 ? 1 : lead < 0xC2 ? NEVER : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (length == NEVER || lead > 0xF4) {
      return NEVER;
    }
    for (int i = 1; i < Math.min(size, length); i++) {
      int least = i > 1 ? 0x80 : lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
      int most = i > 1 ? 0xBF : lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
      int trail = held[i] & 0xFF;
      if (trail < least || trail > most) {
        return NEVER;
      }
    }
    return size < length ? NOT_YET : length;
  }

  private int character(int length) {
    int point = length == 1 ? held[0] : held[0] & 0x7F >> length;
    for (int i = 1; i < length; i++) {
      point = (point << 6) | (held[i] & 0x3F);
    }
    return point;
  }
}
