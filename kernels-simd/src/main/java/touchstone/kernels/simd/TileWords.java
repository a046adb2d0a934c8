package touchstone.kernels.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.SummationOrder;

/**
 * The packed words that hold the codes of one block of inputs, for a tile of outputs. With act-order
 * a block's inputs lie anywhere in the file; every word row that holds one of them is copied once.
 * One instance serves one thread.
 *
 * <p>The words are copied and not read in place, because compiled vector loads straight from a
 * mapped file end the virtual machine when the file is cut short, whereas a copy throws an
 * InternalError.
 */
final class TileWords {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final GptqMatrix weight;
  private final int[] start = new int[SummationOrder.BLOCK]; // [inputs of the block]
  private final int[] shift = new int[SummationOrder.BLOCK]; // [inputs of the block]
  private int[] words; // [word rows of the block, width]
  private int width;
  private int rows;

  TileWords(GptqMatrix weight, int width) {
    this.weight = weight;
    this.words = new int[SummationOrder.BLOCK * weight.bits() / Integer.SIZE * width];
  }

  /** Copies the words of a block for outputs {@code n} to {@code n + width - 1}. */
  void copy(int block, int n, int width) {
    this.width = width;
    SummationOrder order = weight.order();
    int first = order.start(block);
    int copied = -1;
    rows = 0;
    for (int i = 0; i < order.start(block + 1) - first; i++) {
      int bit = order.input(first + i) * weight.bits();
      int row = bit / Integer.SIZE;
      shift[i] = bit % Integer.SIZE;
      if (row != copied) {
        copyRow(row, n);
      }
      copied = row;
      start[i] = (rows - 1) * width;
      if (shift[i] + weight.bits() > Integer.SIZE) {
        copied = row + 1;
        copyRow(copied, n);
      }
    }
  }

  private void copyRow(int row, int n) {
    if ((rows + 1) * width > words.length) {
      words = Arrays.copyOf(words, 2 * words.length);
    }
    long from = ((long) row * weight.rows() + n) * Integer.BYTES;
    MemorySegment.copy(weight.qweight().data(), INT, from, words, rows * width, width);
    rows++;
  }

  /** The words; {@link #copy} may replace the array. */
  int[] words() {
    return words;
  }

  /** Index of the word with the low bits of input {@code i} of the block, for the first output. */
  int start(int i) {
    return start[i];
  }

  /** The lowest bit of that input's code in its word; high bits stand {@code width} words further. */
  int shift(int i) {
    return shift[i];
  }
}
