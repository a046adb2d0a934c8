package touchstone.quantize;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import touchstone.checkpoint.Sha256;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.generate.Philox;

/**
 * The token sequences that a quantisation looks at: windows of one long text, at uniform offsets.
 *
 * <pre>
 * start[i] = floor(uniform(seed, 0, i) * (T - seqLen))        T = tokens of the text
 * </pre>
 *
 * Windows may overlap. As in the script that AutoGPTQ's example is, the last token of the text is
 * never in one.
 *
 * @param windows [samples][seqLen] token ids
 * @source AutoGPTQ v0.4.2 examples/quantization/basic_usage_wikitext2.py, get_wikitext2
 * @deviation the random numbers are {@link Philox}'s, not Python's
 * @rules CALIB-1
 */
public record CalibrationSet(List<int[]> windows) {
  public CalibrationSet {
    windows = List.copyOf(windows);
    if (windows.isEmpty() || windows.getFirst().length == 0) {
      throw new IllegalArgumentException("at least one sample of at least one token is needed");
    }
  }

  /**
   * Draws windows.
   *
   * @param text all its ids
   * @param where the file, for messages
   * @throws TouchstoneException LIMIT if the text is too short
   */
  public static CalibrationSet draw(int[] text, int samples, int seqLen, long seed, String where) {
    if (text.length <= seqLen) {
      throw TouchstoneException.of(
          Fault.LIMIT,
          where,
          text.length + " tokens",
          "samples of %d need at least %d; take a longer text or a shorter --seq-len"
              .formatted(seqLen, seqLen + 1));
    }
    return new CalibrationSet(
        IntStream.range(0, samples)
            .mapToObj(i -> window(text, seqLen, Philox.uniform(seed, 0, i)))
            .toList());
  }

  private static int[] window(int[] text, int seqLen, double uniform) {
    int start = (int) (uniform * (text.length - seqLen));
    return Arrays.copyOfRange(text, start, start + seqLen);
  }

  /** Number of sequences. */
  public int samples() {
    return windows.size();
  }

  /** Tokens of each. */
  public int seqLen() {
    return windows.getFirst().length;
  }

  /** What tells this set from others: a digest of all ids. */
  public String sha256() {
    MessageDigest digest = Sha256.digest();
    for (int[] window : windows) {
      ByteBuffer ids = ByteBuffer.allocate(window.length * Integer.BYTES);
      ids.order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(window);
      digest.update(ids);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
