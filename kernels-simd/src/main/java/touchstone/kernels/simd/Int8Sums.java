package touchstone.kernels.simd;

import static touchstone.kernels.simd.Lanes.FLOATS;
import static touchstone.kernels.simd.Lanes.INTS;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * What mode int8 does with the exact sums of a block: {@code y = fma(scale * step, sum - z * sum of x,
 * y)}. Lanes are neighbouring outputs.
 */
final class Int8Sums {
  /** Rows of x that are multiplied together. */
  static final int ROWS = 4;

  /** Words of sums that one chunk gives, for those rows and two vectors of outputs. */
  static final int PRODUCTS = 2 * ROWS * Lanes.COUNT;

  private static final int L = Lanes.COUNT;
  private static final long VECTOR = (long) L * Integer.BYTES;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private Int8Sums() {}

  /**
   * Adds the sums of one row and a pair of vectors of outputs.
   *
   * @param at where the record stands
   * @param products the sums of both halves of 16 bits, chunk by chunk, from {@code from} on
   * @param y the sums of the tile, from {@code yStart} on
   */
  static void add(
      TileLayout layout,
      MemorySegment words,
      long at,
      int pair,
      int block,
      BlockedInput x,
      int row,
      int[] products,
      int from,
      float[] y,
      int yStart) {
    float step = x.step(row, block);
    float sum = x.sum(row, block);
    int chunks = layout.firstChunk(block + 1) - layout.firstChunk(block);
    for (int part = 0; part < 2; part++) {
      int vector = 2 * pair + part;
      IntVector exact = IntVector.zero(INTS);
      for (int chunk = 0; chunk < chunks; chunk++) {
        int at16 = from + chunk * PRODUCTS + part * L;
        IntVector both = IntVector.fromArray(INTS, products, at16);
        exact = exact.add(both.lanewise(VectorOperators.ASHR, Short.SIZE));
        exact =
            exact.add(
                both.lanewise(VectorOperators.LSHL, Short.SIZE)
                    .lanewise(VectorOperators.ASHR, Short.SIZE));
      }
      FloatVector product = (FloatVector) exact.convert(VectorOperators.I2F, 0);
      long scale = at + vector * VECTOR;
      if (layout.zeros()) {
        product =
            FloatVector.fromMemorySegment(FLOATS, words, scale + TileLayout.LINE, ORDER)
                .fma(FloatVector.broadcast(FLOATS, sum), product);
      }
      int out = yStart + vector * L;
      FloatVector.fromMemorySegment(FLOATS, words, scale, ORDER)
          .mul(step)
          .fma(product, FloatVector.fromArray(FLOATS, y, out))
          .intoArray(y, out);
    }
  }
}
