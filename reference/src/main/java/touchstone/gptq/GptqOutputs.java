package touchstone.gptq;

import java.util.Objects;

/**
 * Neighbouring outputs of a {@link GptqMatrix}, decoded together: their words lie side by side in
 * qweight, so one copy and one loop decode an input for all of them.
 *
 * <pre>
 * codes(input)[j]  = code(input, output + j)
 * zeros(group)[j]  = zero(group, output + j)
 * scales(group)[j] = scale(group, output + j)
 * </pre>
 *
 * The right sides, methods of {@link GptqMatrix}, are the definition. Each method here returns one
 * array of its own, which its next call overwrites. One thread at a time may use an instance.
 *
 * @shapes codes, zeros, scales [count]
 * @rules GPTQ-1 GPTQ-2 GPTQ-3
 */
public final class GptqOutputs {
  private final GptqMatrix matrix;
  private final int output;
  private final int[] codes; // [count]
  private final int[] nextWords; // [count]
  private final int[] zeroWords; // whole runs of 32 codes that cover the outputs
  private final int[] zeros; // [count]
  private final float[] scales; // [count]

  /** The {@code count} outputs from {@code output} on. */
  public GptqOutputs(GptqMatrix matrix, int output, int count) {
    Objects.checkFromIndexSize(output, count, matrix.rows());
    this.matrix = matrix;
    this.output = output;
    codes = new int[count];
    nextWords = new int[count];
    int end = Math.ceilDiv(output + count, 32) * 32;
    zeroWords = new int[PackedCodes.words(end - firstPacked(output), matrix.bits())];
    zeros = new int[count];
    scales = new float[count];
  }

  /** The first output of the run of 32 that {@code output} is in; such runs fill whole words. */
  private static int firstPacked(int output) {
    return output / 32 * 32;
  }

  /** The codes of one input. */
  public int[] codes(int input) {
    int bits = matrix.bits();
    int bit = input * bits;
    int word = bit >>> 5;
    int shift = bit & 31;
    int mask = (1 << bits) - 1;
    copyWords(word, codes);
    if (shift + bits <= 32) {
      for (int j = 0; j < codes.length; j++) {
        codes[j] = (codes[j] >>> shift) & mask;
      }
    } else {
      copyWords(word + 1, nextWords);
      for (int j = 0; j < codes.length; j++) {
        codes[j] = ((codes[j] >>> shift) | (nextWords[j] << (32 - shift))) & mask;
      }
    }
    return codes;
  }

  /** Word {@code word} of the streams of all outputs: a part of one row of qweight. */
  private void copyWords(int word, int[] target) {
    matrix.qweight().copyInts((long) word * matrix.rows() + output, target, 0, target.length);
  }

  /** The zero points of one group. */
  public int[] zeros(int group) {
    int bits = matrix.bits();
    int first = firstPacked(output);
    long row = (long) group * PackedCodes.words(matrix.rows(), bits);
    long start = row + PackedCodes.words(first, bits);
    matrix.qzeros().copyInts(start, zeroWords, 0, zeroWords.length);
    for (int j = 0; j < zeros.length; j++) {
      int stored = PackedCodes.code(word -> zeroWords[word], bits, output - first + j);
      zeros[j] = stored + matrix.zeroPoints().offset();
    }
    return zeros;
  }

  /** The scales of one group. */
  public float[] scales(int group) {
    matrix.scales().copyFloats((long) group * matrix.rows() + output, scales, 0, scales.length);
    return scales;
  }
}
