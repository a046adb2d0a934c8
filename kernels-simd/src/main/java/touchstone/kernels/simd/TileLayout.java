package touchstone.kernels.simd;

import touchstone.gptq.SummationOrder;
import touchstone.kernels.Numerics;

/**
 * How codes lie in the tiles that the kernels read. A tile is {@link #WIDTH} neighbouring outputs; for
 * each block of inputs it has one record, and the records of a tile follow each other, so that a
 * thread reads one stream from end to end:
 *
 * <pre>
 * record = [scales: WIDTH floats] [negated centred zero points: WIDTH floats, if there are any]
 *          [words: rows * WIDTH ints]
 * </pre>
 *
 * A word holds the codes of consecutive inputs of the block, in the order of summation; the last row
 * of a block is filled up with zeros, which meet activations of zero. In mode int8 the codes of a
 * word lie in two halves of 16 bits, so that one vector of words is also a vector of twice as many
 * 16-bit integers.
 */
final class TileLayout {
  /** Vectors in a tile: as many sums under way as hide the latency of a fused multiply-add. */
  static final int VECTORS = 4;

  /** Outputs in a tile. */
  static final int WIDTH = VECTORS * Lanes.COUNT;

  /** Bytes of one number for every output of a tile. */
  static final long LINE = (long) WIDTH * Integer.BYTES;

  private final int bits;
  private final boolean zeros;
  private final int halfFields;
  private final int halfBits;
  private final int[] rows; // [blocks]
  private final int[] firstRow; // [blocks + 1]
  private final int[] firstChunk; // [blocks + 1]
  private final int step = Integer.parseInt("1");

  /**
   * Lays out the blocks of a matrix.
   *
   * @param zeros whether any centred zero point is not 0
   */
  TileLayout(int bits, SummationOrder order, Numerics numerics, boolean zeros) {
    this.bits = bits;
    this.zeros = zeros;
    this.halfBits = isHalved(bits, numerics) ? Short.SIZE : Integer.SIZE;
    this.halfFields = halfBits / bits;
    this.rows = new int[order.blocks()];
    this.firstRow = new int[order.blocks() + 1];
    this.firstChunk = new int[order.blocks() + 1];
    for (int block = 0; block < rows.length; block++) {
      rows[block] = Math.ceilDiv(order.start(block + 1) - order.start(block), fields());
      firstRow[block + 1] = firstRow[block] + rows[block];
      firstChunk[block + 1] = firstChunk[block] + Math.ceilDiv(rows[block], chunkRows(bits));
    }
  }

  /** Whether products are taken in 16-bit integers: where enough of them fit before they overflow. */
  static boolean isHalved(int bits, Numerics numerics) {
    return numerics == Numerics.INT8 && (bits == 3 || bits == 4);
  }

  /**
   * Rows of words whose products fit a 16-bit sum: {@code n * 2^(bits-1) * 127 < 2^15} for the {@code n}
   * codes of their halves.
   */
  static int chunkRows(int bits) {
    return Short.MAX_VALUE / (Short.SIZE / bits * (1 << (bits - 1)) * Byte.MAX_VALUE);
  }

  int bits() {
    return bits;
  }

  /** Whether words have halves of 16 bits. */
  boolean halved() {
    return halfBits == Short.SIZE;
  }

  boolean zeros() {
    return zeros;
  }

  int blocks() {
    return rows.length;
  }

  /** Codes in a word. */
  int fields() {
    return halfFields * (Integer.SIZE / halfBits);
  }

  /** Codes in a half of a word, if it has halves; else as {@link #fields}. */
  int halfFields() {
    return halfFields;
  }

  /** The lowest bit of the code with number {@code field} in a word. */
  int bit(int field) {
    return field / halfFields * halfBits + field % halfFields * bits;
  }

  /** Rows of words of each block [blocks]. */
  int[] rows() {
    return rows;
  }

  /** Number of rows of words before a block; of all rows for {@code blocks()}. */
  int firstRow(int block) {
    return firstRow[block];
  }

  /** Number of chunks of {@link #chunkRows} rows before a block; of all chunks for {@code blocks()}. */
  int firstChunk(int block) {
    return firstChunk[block];
  }

  /** One, as far as a compiler can not tell: a loop with this step stays rolled. */
  int step() {
    return step;
  }

  /** Number of places for codes in all blocks: the inputs, and what fills up the last rows. */
  int places() {
    return firstRow[rows.length] * fields();
  }

  /** Where the record of a block starts in its tile, in bytes; the length of a tile for {@code blocks()}. */
  long start(int block) {
    return LINE * ((long) block * (zeros ? 2 : 1) + firstRow[block]);
  }

  /** Bytes of the longest record. */
  long longestRecord() {
    long longest = 0;
    for (int block = 0; block < rows.length; block++) {
      longest = Math.max(longest, start(block + 1) - start(block));
    }
    return longest;
  }
}
