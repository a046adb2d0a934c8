package touchstone.kernels.simd;

import static touchstone.kernels.simd.Lanes.INTS;
import static touchstone.kernels.simd.Lanes.SHORTS;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Four rows of activations times one block of one tile of 4-bit codes, in mode int8; the same sums as
 * {@link Int8Row4}. Lanes are neighbouring outputs, two vectors at a time.
 */
final class Int8Rows4 {
  private static final int L = Lanes.COUNT;
  private static final long LINE = TileLayout.LINE;
  private static final long VECTOR = (long) L * Integer.BYTES;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private Int8Rows4() {}

  /**
   * Multiplies one block with two vectors of outputs, the first or the second pair of the tile.
   *
   * @param at where the record stands
   * @param x the activations
   * @param bundle which rows
   * @param products receives the sums of each chunk [chunks, rows, two vectors], as pairs of 16 bits
   */
  static void multiply(
      TileLayout layout,
      MemorySegment words,
      long at,
      int pair,
      int block,
      BlockedInput x,
      int bundle,
      int[] products) {
    int one = layout.step();
    int[] factors = x.factors();
    int[] starts = x.starts();
    long word = at + pair * 2 * VECTOR + (layout.zeros() ? 2 * LINE : LINE);
    int to = 0;
    int f = x.factorStart(block, bundle);
    int chunk = x.chunkStart(block, bundle);
    for (int rest = layout.rows()[block]; rest > 0; rest -= TileLayout.chunkRows(4)) {
      int count = Math.min(rest, TileLayout.chunkRows(4));
      ShortVector a0 = IntVector.broadcast(INTS, starts[chunk]).reinterpretAsShorts();
      ShortVector b0 = a0;
      ShortVector a1 = IntVector.broadcast(INTS, starts[chunk + 1]).reinterpretAsShorts();
      ShortVector b1 = a1;
      ShortVector a2 = IntVector.broadcast(INTS, starts[chunk + 2]).reinterpretAsShorts();
      ShortVector b2 = a2;
      ShortVector a3 = IntVector.broadcast(INTS, starts[chunk + 3]).reinterpretAsShorts();
      ShortVector b3 = a3;
      chunk += BlockedInput.BUNDLE;
      for (int i = 0; i < count; i += one) {
        ShortVector v = ShortVector.fromMemorySegment(SHORTS, words, word, ORDER);
        ShortVector w = ShortVector.fromMemorySegment(SHORTS, words, word + VECTOR, ORDER);
        ShortVector factor = IntVector.broadcast(INTS, factors[f]).reinterpretAsShorts();
        a0 = a0.add(v.mul(factor));
        b0 = b0.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 1]).reinterpretAsShorts();
        a1 = a1.add(v.mul(factor));
        b1 = b1.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 2]).reinterpretAsShorts();
        a2 = a2.add(v.mul(factor));
        b2 = b2.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 3]).reinterpretAsShorts();
        a3 = a3.add(v.mul(factor));
        b3 = b3.add(w.mul(factor));
        v = v.lanewise(VectorOperators.LSHR, 4);
        w = w.lanewise(VectorOperators.LSHR, 4);
        factor = IntVector.broadcast(INTS, factors[f + 4]).reinterpretAsShorts();
        a0 = a0.add(v.mul(factor));
        b0 = b0.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 5]).reinterpretAsShorts();
        a1 = a1.add(v.mul(factor));
        b1 = b1.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 6]).reinterpretAsShorts();
        a2 = a2.add(v.mul(factor));
        b2 = b2.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 7]).reinterpretAsShorts();
        a3 = a3.add(v.mul(factor));
        b3 = b3.add(w.mul(factor));
        v = v.lanewise(VectorOperators.LSHR, 4);
        w = w.lanewise(VectorOperators.LSHR, 4);
        factor = IntVector.broadcast(INTS, factors[f + 8]).reinterpretAsShorts();
        a0 = a0.add(v.mul(factor));
        b0 = b0.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 9]).reinterpretAsShorts();
        a1 = a1.add(v.mul(factor));
        b1 = b1.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 10]).reinterpretAsShorts();
        a2 = a2.add(v.mul(factor));
        b2 = b2.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 11]).reinterpretAsShorts();
        a3 = a3.add(v.mul(factor));
        b3 = b3.add(w.mul(factor));
        v = v.lanewise(VectorOperators.LSHR, 4);
        w = w.lanewise(VectorOperators.LSHR, 4);
        factor = IntVector.broadcast(INTS, factors[f + 12]).reinterpretAsShorts();
        a0 = a0.add(v.mul(factor));
        b0 = b0.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 13]).reinterpretAsShorts();
        a1 = a1.add(v.mul(factor));
        b1 = b1.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 14]).reinterpretAsShorts();
        a2 = a2.add(v.mul(factor));
        b2 = b2.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 15]).reinterpretAsShorts();
        a3 = a3.add(v.mul(factor));
        b3 = b3.add(w.mul(factor));
        f += 4 * BlockedInput.BUNDLE;
        word += LINE;
      }
      a0.reinterpretAsInts().intoArray(products, to);
      b0.reinterpretAsInts().intoArray(products, to + L);
      a1.reinterpretAsInts().intoArray(products, to + 2 * L);
      b1.reinterpretAsInts().intoArray(products, to + 3 * L);
      a2.reinterpretAsInts().intoArray(products, to + 4 * L);
      b2.reinterpretAsInts().intoArray(products, to + 5 * L);
      a3.reinterpretAsInts().intoArray(products, to + 6 * L);
      b3.reinterpretAsInts().intoArray(products, to + 7 * L);
      to += Int8Sums.PRODUCTS;
    }
  }
}
