package touchstone.kernels.simd;

import static touchstone.kernels.simd.Lanes.FLOATS;
import static touchstone.kernels.simd.Lanes.INTS;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * One row of activations times one tile, in fp32. Lanes are neighbouring outputs.
 *
 * <pre>
 * a[n] = sum over k of c[k, n] * x[k]          y[n] = fma(scale[n] * step, fma(-z[n], sum of x, a[n]), y[n])
 * </pre>
 *
 * The step is 1, except for the integers of mode int8.
 *
 * A code becomes a float without a conversion and mostly without a shift: its bits, at bit p of the
 * fraction of a number whose last places count {@code 2^-p}, make {@code 2^(23-p) + code}; taking
 * away {@code 2^(23-p) + centre} is exact and leaves the centred code. Codes go by pairs, at p = 0
 * and p = bits, then the word is shifted to the next pair: and + or is one instruction with AVX-512,
 * and few enough constants are live to stay in registers.
 */
final class F32Row {
  private static final int FRACTION_BITS = 23;
  private static final int EXPONENT_BIAS = 127;
  private static final int L = Lanes.COUNT;
  private static final long LINE = TileLayout.LINE;
  private static final long VECTOR = (long) L * Integer.BYTES;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private F32Row() {}

  /** A float whose fraction has its units at bit {@code p}: {@code 2^(23-p)}, as bits. */
  static int unitsAt(int p) {
    return (EXPONENT_BIAS + FRACTION_BITS - p) << FRACTION_BITS;
  }

  /** What is taken away from such a float with a code in it: {@code 2^(23-p) + 2^(bits-1)}. */
  static float offset(int p, int bits) {
    return (1 << (FRACTION_BITS - p)) + (1 << (bits - 1));
  }

  /**
   * Adds the blocks {@code from} to {@code to} to the sums of a tile.
   *
   * @param at where the record of block {@code from} stands
   * @param input the activations
   * @param row which of them
   * @param y the sums of the tile, from {@code yStart} on
   */
  static void add(
      TileLayout layout,
      MemorySegment words,
      long at,
      int from,
      int to,
      BlockedInput input,
      int row,
      float[] y,
      int yStart) {
    int[] rows = layout.rows();
    float[] x = input.values();
    int bits = layout.bits();
    int pairs = layout.fields() / 2;
    int one = layout.step();
    boolean zeros = layout.zeros();
    IntVector mask0 = IntVector.broadcast(INTS, (1 << bits) - 1);
    IntVector mask1 = mask0.lanewise(VectorOperators.LSHL, bits);
    IntVector units0 = IntVector.broadcast(INTS, unitsAt(0));
    IntVector units1 = IntVector.broadcast(INTS, unitsAt(bits));
    FloatVector offset0 = FloatVector.broadcast(FLOATS, offset(0, bits));
    FloatVector offset1 = FloatVector.broadcast(FLOATS, offset(bits, bits));
    FloatVector y0 = FloatVector.fromArray(FLOATS, y, yStart);
    FloatVector y1 = FloatVector.fromArray(FLOATS, y, yStart + L);
    FloatVector y2 = FloatVector.fromArray(FLOATS, y, yStart + 2 * L);
    FloatVector y3 = FloatVector.fromArray(FLOATS, y, yStart + 3 * L);
    long record = at;
    int k = input.start(row) + layout.firstRow(from) * layout.fields();
    for (int block = from; block < to; block++) {
      long word = record + (zeros ? 2 * LINE : LINE);
      FloatVector a0 = FloatVector.zero(FLOATS);
      FloatVector a1 = a0;
      FloatVector a2 = a0;
      FloatVector a3 = a0;
      for (int line = 0; line < rows[block]; line++) {
        IntVector w0 = IntVector.fromMemorySegment(INTS, words, word, ORDER);
        IntVector w1 = IntVector.fromMemorySegment(INTS, words, word + VECTOR, ORDER);
        IntVector w2 = IntVector.fromMemorySegment(INTS, words, word + 2 * VECTOR, ORDER);
        IntVector w3 = IntVector.fromMemorySegment(INTS, words, word + 3 * VECTOR, ORDER);
        word += LINE;
        // A step that the compiler does not know keeps the loop rolled, and its vectors in
        // registers.
        for (int pair = 0; pair < pairs; pair += one) {
          FloatVector x0 = FloatVector.broadcast(FLOATS, x[k]);
          FloatVector x1 = FloatVector.broadcast(FLOATS, x[k + 1]);
          a0 = w0.and(mask0).or(units0).reinterpretAsFloats().sub(offset0).fma(x0, a0);
          a1 = w1.and(mask0).or(units0).reinterpretAsFloats().sub(offset0).fma(x0, a1);
          a2 = w2.and(mask0).or(units0).reinterpretAsFloats().sub(offset0).fma(x0, a2);
          a3 = w3.and(mask0).or(units0).reinterpretAsFloats().sub(offset0).fma(x0, a3);
          a0 = w0.and(mask1).or(units1).reinterpretAsFloats().sub(offset1).fma(x1, a0);
          a1 = w1.and(mask1).or(units1).reinterpretAsFloats().sub(offset1).fma(x1, a1);
          a2 = w2.and(mask1).or(units1).reinterpretAsFloats().sub(offset1).fma(x1, a2);
          a3 = w3.and(mask1).or(units1).reinterpretAsFloats().sub(offset1).fma(x1, a3);
          w0 = w0.lanewise(VectorOperators.LSHR, 2 * bits);
          w1 = w1.lanewise(VectorOperators.LSHR, 2 * bits);
          w2 = w2.lanewise(VectorOperators.LSHR, 2 * bits);
          w3 = w3.lanewise(VectorOperators.LSHR, 2 * bits);
          k += 2;
        }
      }
      FloatVector sum = FloatVector.broadcast(FLOATS, input.sum(row, block));
      FloatVector step = FloatVector.broadcast(FLOATS, input.step(row, block));
      long zero = zeros ? record + LINE : record;
      FloatVector none = FloatVector.broadcast(FLOATS, -0f);
      FloatVector z0 = zeros ? floats(words, zero) : none;
      FloatVector z1 = zeros ? floats(words, zero + VECTOR) : none;
      FloatVector z2 = zeros ? floats(words, zero + 2 * VECTOR) : none;
      FloatVector z3 = zeros ? floats(words, zero + 3 * VECTOR) : none;
      y0 = floats(words, record).mul(step).fma(z0.fma(sum, a0), y0);
      y1 = floats(words, record + VECTOR).mul(step).fma(z1.fma(sum, a1), y1);
      y2 = floats(words, record + 2 * VECTOR).mul(step).fma(z2.fma(sum, a2), y2);
      y3 = floats(words, record + 3 * VECTOR).mul(step).fma(z3.fma(sum, a3), y3);
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
