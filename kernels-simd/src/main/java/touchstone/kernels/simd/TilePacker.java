package touchstone.kernels.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.GptqOutputs;
import touchstone.gptq.SummationOrder;

/**
 * Brings the stored codes, scales and zero points of a run of tiles into the records of a {@link
 * TileLayout}. Several tiles at once, so that what is read from a row of the file is worth the
 * reading. One instance serves one thread.
 *
 * <p>Stored words are copied and not read in place, because compiled vector loads straight from a
 * mapped file end the virtual machine when the file is cut short, whereas a copy throws an
 * InternalError.
 */
final class TilePacker {
  /** Most tiles that are packed together: rows of 2 KiB with vectors of 512 bits. */
  static final int MOST_TILES = 8;

  private static final int WIDTH = TileLayout.WIDTH;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  private final GptqMatrix weight;
  private final TileLayout layout;
  private final int output;
  private final int count;
  private final GptqOutputs outputs;
  private final int[] words; // [tiles, WIDTH]
  private final float[] line; // [tiles, WIDTH]

  /** Prepares to pack {@code tiles} tiles from {@code first} on; the last may be a part of one. */
  TilePacker(GptqMatrix weight, TileLayout layout, int first, int tiles) {
    this.weight = weight;
    this.layout = layout;
    this.output = first * WIDTH;
    this.count = Math.min(tiles * WIDTH, weight.rows() - output);
    this.outputs = new GptqOutputs(weight, output, count);
    this.words = new int[tiles * WIDTH];
    this.line = new float[tiles * WIDTH];
  }

  /**
   * Writes the records of one block. Outputs beyond the last are zeros.
   *
   * @param at where the record of the first tile goes
   * @param apart bytes from one tile's record to the next one's
   */
  void pack(int block, MemorySegment target, long at, long apart) {
    int group = weight.order().group(block);
    System.arraycopy(outputs.scales(group), 0, line, 0, count);
    copyFloats(target, at, apart);
    long row = at + TileLayout.LINE;
    if (layout.zeros()) {
      int centre = 1 << (weight.bits() - 1);
      int[] zeros = outputs.zeros(group);
      for (int j = 0; j < count; j++) {
        line[j] = -(float) (zeros[j] - centre);
      }
      copyFloats(target, row, apart);
      row += TileLayout.LINE;
    }
    packWords(block, target, row, apart);
  }

  private void copyFloats(MemorySegment target, long at, long apart) {
    for (int tile = 0; tile * WIDTH < line.length; tile++) {
      MemorySegment.copy(line, tile * WIDTH, target, FLOAT, at + tile * apart, WIDTH);
    }
  }

  private void packWords(int block, MemorySegment target, long at, long apart) {
    SummationOrder order = weight.order();
    int place = order.start(block);
    int end = order.start(block + 1);
    for (int row = 0; row < layout.rows()[block]; row++) {
      int fields = Math.min(layout.fields(), end - place);
      if (isStoredWord(place, fields)) {
        long word = (long) order.input(place) * weight.bits() / Integer.SIZE;
        weight.qweight().copyInts(word * weight.rows() + output, words, 0, count);
      } else {
        Arrays.fill(words, 0);
        for (int field = 0; field < fields; field++) {
          addCodes(outputs.codes(order.input(place + field)), layout.bit(field));
        }
      }
      place += fields;
      long to = at + row * TileLayout.LINE;
      for (int tile = 0; tile * WIDTH < words.length; tile++) {
        MemorySegment.copy(words, tile * WIDTH, target, INT, to + tile * apart, WIDTH);
      }
    }
  }

  private void addCodes(int[] codes, int bit) {
    for (int j = 0; j < codes.length; j++) {
      words[j] |= codes[j] << bit;
    }
  }

  /** Whether the codes from a place on are those of one stored word, in its order. */
  private boolean isStoredWord(int place, int fields) {
    if (fields * weight.bits() != Integer.SIZE) {
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
}
