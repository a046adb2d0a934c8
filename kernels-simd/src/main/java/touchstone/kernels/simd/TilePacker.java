package touchstone.kernels.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.PackedCodes;
import touchstone.gptq.SummationOrder;

/**
 * Brings the stored codes, scales and zero points of a matrix into the records of a {@link
 * TileLayout}. One instance serves one thread.
 *
 * <p>Stored words are copied and not read in place, because compiled vector loads straight from a
 * mapped file end the virtual machine when the file is cut short, whereas a copy throws an
 * InternalError.
 */
final class TilePacker {
  private static final int WIDTH = TileLayout.WIDTH;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  private final WidenedRows scales = new WidenedRows();
  private final int[] stored = new int[WIDTH]; // [outputs]
  private final int[] storedHigh = new int[WIDTH]; // [outputs]
  private final int[] packed = new int[WIDTH]; // [outputs]
  private final int[] zeroWords = new int[PackedCodes.words(roundUp(WIDTH), 8)];
  private final float[] line = new float[WIDTH]; // [outputs]

  private static int roundUp(int outputs) {
    return Math.ceilDiv(outputs, 32) * 32;
  }

  /**
   * Writes the record of one block for the tile that starts at output {@code n}. Outputs beyond the
   * last are zeros.
   */
  void pack(GptqMatrix weight, TileLayout layout, int n, int block, MemorySegment target, long at) {
    int width = Math.min(WIDTH, weight.rows() - n);
    int group = weight.order().group(block);
    scales.copy(weight.scales(), (long) group * weight.rows() + n, line, width);
    Arrays.fill(line, width, WIDTH, 0);
    MemorySegment.copy(line, 0, target, FLOAT, at, WIDTH);
    long words = at + TileLayout.LINE;
    if (layout.zeros()) {
      negatedZeros(weight, group, n, width);
      MemorySegment.copy(line, 0, target, FLOAT, words, WIDTH);
      words += TileLayout.LINE;
    }
    packWords(weight, layout, n, width, block, target, words);
  }

  /** Decodes the centred zero points of a group, with their signs turned. */
  private void negatedZeros(GptqMatrix weight, int group, int n, int width) {
    int bits = weight.bits();
    long row = (long) group * PackedCodes.words(weight.rows(), bits);
    int aligned = n / 32 * 32; // where whole words of every width begin
    int from = PackedCodes.words(aligned, bits);
    int count = PackedCodes.words(roundUp(n + width - aligned), bits);
    MemorySegment.copy(
        weight.qzeros().data(), INT, (row + from) * Integer.BYTES, zeroWords, 0, count);
    int centre = (1 << (bits - 1)) - weight.zeroPoints().offset();
    for (int j = 0; j < width; j++) {
      int zero = PackedCodes.code(index -> zeroWords[index], bits, n - aligned + j);
      line[j] = -(float) (zero - centre);
    }
    Arrays.fill(line, width, WIDTH, 0);
  }

  private void packWords(
      GptqMatrix weight,
      TileLayout layout,
      int n,
      int width,
      int block,
      MemorySegment target,
      long at) {
    SummationOrder order = weight.order();
    int place = order.start(block);
    int end = order.start(block + 1);
    for (int row = 0; row < layout.rows()[block]; row++) {
      long to = at + row * TileLayout.LINE;
      if (isStoredWord(weight, layout, place, end)) {
        int word = order.input(place) * weight.bits() / Integer.SIZE;
        copyRow(weight, word, n, width, packed);
        place += layout.fields();
      } else {
        Arrays.fill(packed, 0);
        for (int field = 0; field < layout.fields() && place < end; field++) {
          addField(weight, order.input(place++), n, width, layout.bit(field));
        }
      }
      MemorySegment.copy(packed, 0, target, INT, to, WIDTH);
    }
  }

  /** Whether the codes from a place on are those of one stored word, in its order. */
  private static boolean isStoredWord(GptqMatrix weight, TileLayout layout, int place, int end) {
    int fields = layout.fields();
    if (fields * weight.bits() != Integer.SIZE || place + fields > end) {
      return false;
    }
    int first = weight.order().input(place);
    if (first % fields != 0) {
      return false;
    }
    for (int field = 1; field < fields; field++) {
      if (weight.order().input(place + field) != first + field) {
        return false;
      }
    }
    return true;
  }

  private void addField(GptqMatrix weight, int input, int n, int width, int to) {
    int bits = weight.bits();
    int mask = (1 << bits) - 1;
    int bit = input * bits;
    int shift = bit % Integer.SIZE;
    copyRow(weight, bit / Integer.SIZE, n, width, stored);
    if (shift + bits <= Integer.SIZE) {
      for (int j = 0; j < WIDTH; j++) {
        packed[j] |= (stored[j] >>> shift & mask) << to;
      }
    } else {
      copyRow(weight, bit / Integer.SIZE + 1, n, width, storedHigh);
      for (int j = 0; j < WIDTH; j++) {
        int code = stored[j] >>> shift | storedHigh[j] << (Integer.SIZE - shift);
        packed[j] |= (code & mask) << to;
      }
    }
  }

  /** Copies a row of stored words; what a narrower tile leaves beyond its width is never used. */
  private static void copyRow(GptqMatrix weight, int row, int n, int width, int[] words) {
    long from = ((long) row * weight.rows() + n) * Integer.BYTES;
    MemorySegment.copy(weight.qweight().data(), INT, from, words, 0, width);
  }
}
