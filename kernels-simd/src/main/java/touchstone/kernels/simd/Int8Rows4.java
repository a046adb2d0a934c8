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
 * Four rows of activations times one block of one tile of 4-bit codes, in mode int8; the same sums as
 * {@link Int8Row4}. Lanes are neighbouring outputs, two vectors at a time.
 */
final class Int8Rows4 {
  /** Rows taken together. */
  static final int ROWS = 4;

  private static final int WIDTH = TileLayout.WIDTH;
  private static final int L = Lanes.COUNT;
  private static final long LINE = TileLayout.LINE;
  private static final long VECTOR = (long) L * Integer.BYTES;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private Int8Rows4() {}

  /**
   * Adds one block to the sums of a tile.
   *
   * @param at where the record stands
   * @param x the activations
   * @param row the first of the four
   * @param y [rows, WIDTH]
   */
  static void add(
      TileLayout layout,
      MemorySegment words,
      long at,
      int block,
      BlockedInput x,
      int row,
      float[] y) {
    for (int pair = 0; pair < TileLayout.VECTORS / 2; pair++) {
      add(layout, words, at, pair, block, x, row, y);
    }
  }

  private static void add(
      TileLayout layout,
      MemorySegment words,
      long at,
      int pair,
      int block,
      BlockedInput x,
      int row,
      float[] y) {
    int[] factors = x.factors();
    int stride = x.factorStart(1);
    int chunks = x.chunkStart(1);
    long record = at + pair * 2 * VECTOR;
    long word = record + (layout.zeros() ? 2 * LINE : LINE);
    IntVector zero = IntVector.zero(INTS);
    IntVector left0 = zero;
    IntVector right0 = zero;
    IntVector left1 = zero;
    IntVector right1 = zero;
    IntVector left2 = zero;
    IntVector right2 = zero;
    IntVector left3 = zero;
    IntVector right3 = zero;
    int f = x.factorStart(row) + layout.firstRow(block) * 4;
    int chunk = x.chunkStart(row) + layout.firstChunk(block);
    for (int rest = layout.rows()[block]; rest > 0; rest -= TileLayout.chunkRows(4)) {
      int count = Math.min(rest, TileLayout.chunkRows(4));
      ShortVector a0 = IntVector.broadcast(INTS, x.start16(chunk)).reinterpretAsShorts();
      ShortVector b0 = a0;
      ShortVector a1 = IntVector.broadcast(INTS, x.start16(chunk + chunks)).reinterpretAsShorts();
      ShortVector b1 = a1;
      ShortVector a2 =
          IntVector.broadcast(INTS, x.start16(chunk + 2 * chunks)).reinterpretAsShorts();
      ShortVector b2 = a2;
      ShortVector a3 =
          IntVector.broadcast(INTS, x.start16(chunk + 3 * chunks)).reinterpretAsShorts();
      ShortVector b3 = a3;
      chunk++;
      for (int i = 0; i < count; i++) {
        ShortVector v = ShortVector.fromMemorySegment(SHORTS, words, word, ORDER);
        ShortVector w = ShortVector.fromMemorySegment(SHORTS, words, word + VECTOR, ORDER);
        ShortVector factor = IntVector.broadcast(INTS, factors[f]).reinterpretAsShorts();
        a0 = a0.add(v.mul(factor));
        b0 = b0.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + stride]).reinterpretAsShorts();
        a1 = a1.add(v.mul(factor));
        b1 = b1.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 2 * stride]).reinterpretAsShorts();
        a2 = a2.add(v.mul(factor));
        b2 = b2.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 3 * stride]).reinterpretAsShorts();
        a3 = a3.add(v.mul(factor));
        b3 = b3.add(w.mul(factor));
        v = v.lanewise(VectorOperators.LSHR, 4);
        w = w.lanewise(VectorOperators.LSHR, 4);
        factor = IntVector.broadcast(INTS, factors[f + 1]).reinterpretAsShorts();
        a0 = a0.add(v.mul(factor));
        b0 = b0.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 1 + stride]).reinterpretAsShorts();
        a1 = a1.add(v.mul(factor));
        b1 = b1.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 1 + 2 * stride]).reinterpretAsShorts();
        a2 = a2.add(v.mul(factor));
        b2 = b2.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 1 + 3 * stride]).reinterpretAsShorts();
        a3 = a3.add(v.mul(factor));
        b3 = b3.add(w.mul(factor));
        v = v.lanewise(VectorOperators.LSHR, 4);
        w = w.lanewise(VectorOperators.LSHR, 4);
        factor = IntVector.broadcast(INTS, factors[f + 2]).reinterpretAsShorts();
        a0 = a0.add(v.mul(factor));
        b0 = b0.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 2 + stride]).reinterpretAsShorts();
        a1 = a1.add(v.mul(factor));
        b1 = b1.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 2 + 2 * stride]).reinterpretAsShorts();
        a2 = a2.add(v.mul(factor));
        b2 = b2.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 2 + 3 * stride]).reinterpretAsShorts();
        a3 = a3.add(v.mul(factor));
        b3 = b3.add(w.mul(factor));
        v = v.lanewise(VectorOperators.LSHR, 4);
        w = w.lanewise(VectorOperators.LSHR, 4);
        factor = IntVector.broadcast(INTS, factors[f + 3]).reinterpretAsShorts();
        a0 = a0.add(v.mul(factor));
        b0 = b0.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 3 + stride]).reinterpretAsShorts();
        a1 = a1.add(v.mul(factor));
        b1 = b1.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 3 + 2 * stride]).reinterpretAsShorts();
        a2 = a2.add(v.mul(factor));
        b2 = b2.add(w.mul(factor));
        factor = IntVector.broadcast(INTS, factors[f + 3 + 3 * stride]).reinterpretAsShorts();
        a3 = a3.add(v.mul(factor));
        b3 = b3.add(w.mul(factor));
        f += 4;
        word += LINE;
      }
      IntVector both = a0.reinterpretAsInts();
      left0 = left0.add(both.lanewise(VectorOperators.ASHR, 16));
      left0 = left0.add(both.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
      both = b0.reinterpretAsInts();
      right0 = right0.add(both.lanewise(VectorOperators.ASHR, 16));
      right0 =
          right0.add(both.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
      both = a1.reinterpretAsInts();
      left1 = left1.add(both.lanewise(VectorOperators.ASHR, 16));
      left1 = left1.add(both.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
      both = b1.reinterpretAsInts();
      right1 = right1.add(both.lanewise(VectorOperators.ASHR, 16));
      right1 =
          right1.add(both.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
      both = a2.reinterpretAsInts();
      left2 = left2.add(both.lanewise(VectorOperators.ASHR, 16));
      left2 = left2.add(both.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
      both = b2.reinterpretAsInts();
      right2 = right2.add(both.lanewise(VectorOperators.ASHR, 16));
      right2 =
          right2.add(both.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
      both = a3.reinterpretAsInts();
      left3 = left3.add(both.lanewise(VectorOperators.ASHR, 16));
      left3 = left3.add(both.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
      both = b3.reinterpretAsInts();
      right3 = right3.add(both.lanewise(VectorOperators.ASHR, 16));
      right3 =
          right3.add(both.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
    }
    finish(layout, words, record, x, row, block, left0, right0, y, (row) * WIDTH + pair * 2 * L);
    finish(
        layout,
        words,
        record,
        x,
        row + 1,
        block,
        left1,
        right1,
        y,
        (row + 1) * WIDTH + pair * 2 * L);
    finish(
        layout,
        words,
        record,
        x,
        row + 2,
        block,
        left2,
        right2,
        y,
        (row + 2) * WIDTH + pair * 2 * L);
    finish(
        layout,
        words,
        record,
        x,
        row + 3,
        block,
        left3,
        right3,
        y,
        (row + 3) * WIDTH + pair * 2 * L);
  }

  private static void finish(
      TileLayout layout,
      MemorySegment words,
      long record,
      BlockedInput x,
      int row,
      int block,
      IntVector left,
      IntVector right,
      float[] y,
      int out) {
    FloatVector a = (FloatVector) left.convert(VectorOperators.I2F, 0);
    FloatVector b = (FloatVector) right.convert(VectorOperators.I2F, 0);
    if (layout.zeros()) {
      FloatVector sum = FloatVector.broadcast(FLOATS, x.sum(row, block));
      a = floats(words, record + LINE).fma(sum, a);
      b = floats(words, record + LINE + VECTOR).fma(sum, b);
    }
    float step = x.step(row, block);
    floats(words, record).mul(step).fma(a, FloatVector.fromArray(FLOATS, y, out)).intoArray(y, out);
    floats(words, record + VECTOR)
        .mul(step)
        .fma(b, FloatVector.fromArray(FLOATS, y, out + L))
        .intoArray(y, out + L);
  }

  private static FloatVector floats(MemorySegment words, long at) {
    return FloatVector.fromMemorySegment(FLOATS, words, at, ORDER);
  }
}
