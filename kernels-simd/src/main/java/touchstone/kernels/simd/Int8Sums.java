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
  /** Words of sums that one chunk gives, for a bundle of rows and two vectors of outputs. */
  static final int PRODUCTS = 2 * BlockedInput.BUNDLE * Lanes.COUNT;

  private static final int L = Lanes.COUNT;
  private static final long VECTOR = (long) L * Integer.BYTES;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private Int8Sums() {}

  /**
   * Adds the sums of a bundle of rows and a pair of vectors of outputs.
   *
   * @param at where the record stands
   * @param products the sums of both halves of 16 bits [chunks, rows, two vectors]
   * @param y the sums of the tile [rows, WIDTH], those of the bundle from {@code yStart} on
   */
  static void add(
      TileLayout layout,
      MemorySegment words,
      long at,
      int pair,
      int block,
      BlockedInput x,
      int bundle,
      int[] products,
      float[] y,
      int yStart) {
    float[] steps = x.steps();
    float[] sums = x.sums();
    int first = x.index(block, bundle);
    int chunks = layout.firstChunk(block + 1) - layout.firstChunk(block);
    for (int part = 0; part < 2; part++) {
      long place = at + (2 * pair + part) * VECTOR;
      FloatVector scale = FloatVector.fromMemorySegment(FLOATS, words, place, ORDER);
      // Adding nothing to an integer changes no bit, whatever the sign of the zero.
      FloatVector zero =
          layout.zeros()
              ? FloatVector.fromMemorySegment(FLOATS, words, place + TileLayout.LINE, ORDER)
              : FloatVector.broadcast(FLOATS, -0f);
      int out = yStart + (2 * pair + part) * L;
      for (int row = 0; row < BlockedInput.BUNDLE; row++) {
        IntVector exact = IntVector.zero(INTS);
        for (int chunk = 0; chunk < chunks; chunk++) {
          int from = chunk * PRODUCTS + (2 * row + part) * L;
          IntVector both = IntVector.fromArray(INTS, products, from);
          exact = exact.add(both.lanewise(VectorOperators.ASHR, Short.SIZE));
          exact =
              exact.add(
                  both.lanewise(VectorOperators.LSHL, Short.SIZE)
                      .lanewise(VectorOperators.ASHR, Short.SIZE));
        }
        FloatVector product = (FloatVector) exact.convert(VectorOperators.I2F, 0);
        product = zero.fma(FloatVector.broadcast(FLOATS, sums[first + row]), product);
        scale
            .mul(FloatVector.broadcast(FLOATS, steps[first + row]))
            .fma(product, FloatVector.fromArray(FLOATS, y, out))
            .intoArray(y, out);
        out += TileLayout.WIDTH;
      }
    }
  }
}
