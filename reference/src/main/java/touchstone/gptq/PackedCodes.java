package touchstone.gptq;

/**
 * Codes of 2, 3, 4 or 8 bits in a stream of 32-bit words, little end first: code e takes bits
 * {@code e * bits} to {@code e * bits + bits - 1} of the stream, where bit b is bit {@code b mod 32}
 * of word {@code b / 32}.
 *
 * <pre>
 * 4 bits: 8 codes a word.      word 0: |e7 |e6 |e5 |e4 |e3 |e2 |e1 |e0 |
 * 3 bits: 32 codes in 3 words. word 0: |e10:2|e9 |...|e0 |   word 1: |e21:1|e20|...|e11|e10:1|
 *                              word 2: |e31|...|e22|e21:2|
 * </pre>
 *
 * With 3 bits, codes 10 and 21 of every 32 straddle two words: the low bits end one word, the high
 * bits begin the next.
 *
 * @source AutoGPTQ v0.4.2 qlinear_cuda_old.py, method pack
 * @rules GPTQ-1 GPTQ-2
 */
public final class PackedCodes {
  private PackedCodes() {}

  /** Where the words of a stream come from: word {@code index} of it. */
  @FunctionalInterface
  public interface Words {
    int word(int index);
  }

  /** Code {@code e} of a stream. */
  public static int code(Words words, int bits, int e) {
    int bit = e * bits;
    int word = bit >>> 5;
    int shift = bit & 31;
    int code = words.word(word) >>> shift;
    if (shift + bits > 32) {
      code |= words.word(word + 1) << (32 - shift);
    }
    return code & ((1 << bits) - 1);
  }

  /** Packs codes into a stream; the inverse of {@link #code}. Their number times bits fills words. */
  public static int[] pack(int[] codes, int bits) {
    int[] words = new int[words(codes.length, bits)];
    for (int e = 0; e < codes.length; e++) {
      int bit = e * bits;
      int word = bit >>> 5;
      int shift = bit & 31;
      words[word] |= codes[e] << shift;
      if (shift + bits > 32) {
        words[word + 1] |= codes[e] >>> (32 - shift);
      }
    }
    return words;
  }

  /** Number of words that {@code codes} codes take; {@code codes} is a multiple of 32. */
  public static int words(int codes, int bits) {
    if (codes % 32 != 0) {
      throw new IllegalArgumentException(
          "the number of codes must be a multiple of 32, got " + codes);
    }
    return codes / 32 * bits;
  }
}
