package touchstone.kernels.simd;

import static touchstone.kernels.simd.Lanes.FLOATS;
import static touchstone.kernels.simd.Lanes.INTS;
import static touchstone.kernels.simd.Lanes.SHORTS;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * One row of activations times one tile of 3-bit codes, in mode int8: {@link Int8Row4} with five codes
 * in every 16 bits.
 */
final class Int8Row3 {
  private static final int L = Lanes.COUNT;
  private static final long LINE = TileLayout.LINE;
  private static final long VECTOR = (long) L * Integer.BYTES;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private Int8Row3() {}

  /**
   * Adds the blocks {@code from} to {@code to} to the sums of a tile.
   *
   * @param at where the record of block {@code from} stands
   * @param x the activations, a single row
   * @param y the sums of the tile, from {@code yStart} on
   */
  static void add(
      TileLayout layout,
      MemorySegment words,
      long at,
      int from,
      int to,
      BlockedInput x,
      float[] y,
      int yStart) {
    int[] rows = layout.rows();
    int[] factors = x.factors();
    int[] starts = x.starts();
    float[] steps = x.steps();
    float[] sums = x.sums();
    boolean zeros = layout.zeros();
    FloatVector y0 = FloatVector.fromArray(FLOATS, y, yStart);
    FloatVector y1 = FloatVector.fromArray(FLOATS, y, yStart + L);
    FloatVector y2 = FloatVector.fromArray(FLOATS, y, yStart + 2 * L);
    FloatVector y3 = FloatVector.fromArray(FLOATS, y, yStart + 3 * L);
    long record = at;
    int f = x.factorStart(from, 0);
    int chunk = x.chunkStart(from, 0);
    for (int block = from; block < to; block++) {
      long word = record + (zeros ? 2 * LINE : LINE);
      IntVector i0 = IntVector.zero(INTS);
      IntVector i1 = i0;
      IntVector i2 = i0;
      IntVector i3 = i0;
      for (int left = rows[block]; left > 0; left -= TileLayout.chunkRows(3)) {
        int count = Math.min(left, TileLayout.chunkRows(3));
        ShortVector a0 = IntVector.broadcast(INTS, starts[chunk]).reinterpretAsShorts();
        ShortVector a1 = a0;
        ShortVector a2 = a0;
        ShortVector a3 = a0;
        chunk++;
        for (int r = 0; r < count; r++) {
          ShortVector f0 = IntVector.broadcast(INTS, factors[f]).reinterpretAsShorts();
          ShortVector f1 = IntVector.broadcast(INTS, factors[f + 1]).reinterpretAsShorts();
          ShortVector f2 = IntVector.broadcast(INTS, factors[f + 2]).reinterpretAsShorts();
          ShortVector f3 = IntVector.broadcast(INTS, factors[f + 3]).reinterpretAsShorts();
          ShortVector f4 = IntVector.broadcast(INTS, factors[f + 4]).reinterpretAsShorts();
          f += 5;
          ShortVector w = ShortVector.fromMemorySegment(SHORTS, words, word, ORDER);
          a0 = a0.add(w.mul(f0));
          a0 = a0.add(w.lanewise(VectorOperators.LSHR, 3).mul(f1));
          a0 = a0.add(w.lanewise(VectorOperators.LSHR, 6).mul(f2));
          a0 = a0.add(w.lanewise(VectorOperators.LSHR, 9).mul(f3));
          a0 = a0.add(w.lanewise(VectorOperators.LSHR, 12).mul(f4));
          w = ShortVector.fromMemorySegment(SHORTS, words, word + VECTOR, ORDER);
          a1 = a1.add(w.mul(f0));
          a1 = a1.add(w.lanewise(VectorOperators.LSHR, 3).mul(f1));
          a1 = a1.add(w.lanewise(VectorOperators.LSHR, 6).mul(f2));
          a1 = a1.add(w.lanewise(VectorOperators.LSHR, 9).mul(f3));
          a1 = a1.add(w.lanewise(VectorOperators.LSHR, 12).mul(f4));
          w = ShortVector.fromMemorySegment(SHORTS, words, word + 2 * VECTOR, ORDER);
          a2 = a2.add(w.mul(f0));
          a2 = a2.add(w.lanewise(VectorOperators.LSHR, 3).mul(f1));
          a2 = a2.add(w.lanewise(VectorOperators.LSHR, 6).mul(f2));
          a2 = a2.add(w.lanewise(VectorOperators.LSHR, 9).mul(f3));
          a2 = a2.add(w.lanewise(VectorOperators.LSHR, 12).mul(f4));
          w = ShortVector.fromMemorySegment(SHORTS, words, word + 3 * VECTOR, ORDER);
          a3 = a3.add(w.mul(f0));
          a3 = a3.add(w.lanewise(VectorOperators.LSHR, 3).mul(f1));
          a3 = a3.add(w.lanewise(VectorOperators.LSHR, 6).mul(f2));
          a3 = a3.add(w.lanewise(VectorOperators.LSHR, 9).mul(f3));
          a3 = a3.add(w.lanewise(VectorOperators.LSHR, 12).mul(f4));
          word += LINE;
        }
        IntVector both = a0.reinterpretAsInts();
        i0 = i0.add(both.lanewise(VectorOperators.ASHR, 16));
        i0 = i0.add(both.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
        both = a1.reinterpretAsInts();
        i1 = i1.add(both.lanewise(VectorOperators.ASHR, 16));
        i1 = i1.add(both.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
        both = a2.reinterpretAsInts();
        i2 = i2.add(both.lanewise(VectorOperators.ASHR, 16));
        i2 = i2.add(both.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
        both = a3.reinterpretAsInts();
        i3 = i3.add(both.lanewise(VectorOperators.ASHR, 16));
        i3 = i3.add(both.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
      }
      FloatVector step = FloatVector.broadcast(FLOATS, steps[block]);
      FloatVector a0 = (FloatVector) i0.convert(VectorOperators.I2F, 0);
      FloatVector a1 = (FloatVector) i1.convert(VectorOperators.I2F, 0);
      FloatVector a2 = (FloatVector) i2.convert(VectorOperators.I2F, 0);
      FloatVector a3 = (FloatVector) i3.convert(VectorOperators.I2F, 0);
      if (zeros) {
        FloatVector sum = FloatVector.broadcast(FLOATS, sums[block]);
        long zero = record + LINE;
        a0 = floats(words, zero).fma(sum, a0);
        a1 = floats(words, zero + VECTOR).fma(sum, a1);
        a2 = floats(words, zero + 2 * VECTOR).fma(sum, a2);
        a3 = floats(words, zero + 3 * VECTOR).fma(sum, a3);
      }
      y0 = floats(words, record).mul(step).fma(a0, y0);
      y1 = floats(words, record + VECTOR).mul(step).fma(a1, y1);
      y2 = floats(words, record + 2 * VECTOR).mul(step).fma(a2, y2);
      y3 = floats(words, record + 3 * VECTOR).mul(step).fma(a3, y3);
      record = word;
    }
    y0.intoArray(y, yStart);
    y1.intoArray(y, yStart + L);
    y2.intoArray(y, yStart + 2 * L);
    y3.intoArray(y, yStart + 3 * L);
  }

  private static FloatVector floats(MemorySegment words, long at) {
    return FloatVector.fromMemorySegment(FLOATS, words, at, ORDER);
  }
}
