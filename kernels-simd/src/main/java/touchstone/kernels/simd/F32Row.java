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
   * @param input the activations, a single row
   * @param products room for the products of a block
   * @param y the sums of the tile, from {@code yStart} on
   */
  static void add(
      TileLayout layout,
      MemorySegment words,
      long at,
      int from,
      int to,
      BlockedInput input,
      float[] products,
      float[] y,
      int yStart) {
    long record = at;
    for (int block = from; block < to; block++) {
      long word = record + (layout.zeros() ? 2 * LINE : LINE);
      int rows = layout.rows()[block];
      multiply(layout, words, word, rows, input.values(), input.start(block, 0), products);
      finish(
          layout,
          words,
          record,
          input.steps()[input.index(block, 0)],
          input.sums()[input.index(block, 0)],
          products,
          y,
          yStart);
      record = word + rows * LINE;
    }
  }

  /** The products of one block: {@code a[n]}. */
  private static void multiply(
      TileLayout layout, MemorySegment words, long at, int rows, float[] x, int from, float[] a) {
    int bits = layout.bits();
    int pairs = layout.fields() / 2;
    int one = layout.step();
    IntVector mask0 = IntVector.broadcast(INTS, (1 << bits) - 1);
    IntVector mask1 = IntVector.broadcast(INTS, (1 << bits) - 1 << bits);
    IntVector shift = IntVector.broadcast(INTS, 2 * bits);
    IntVector units0 = IntVector.broadcast(INTS, unitsAt(0));
    IntVector units1 = IntVector.broadcast(INTS, unitsAt(bits));
    FloatVector offset0 = FloatVector.broadcast(FLOATS, offset(0, bits));
    FloatVector offset1 = FloatVector.broadcast(FLOATS, offset(bits, bits));
    FloatVector a0 = FloatVector.zero(FLOATS);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    long word = at;
    int k = from;
    for (int row = 0; row < rows; row++) {
      IntVector w0 = IntVector.fromMemorySegment(INTS, words, word, ORDER);
      IntVector w1 = IntVector.fromMemorySegment(INTS, words, word + VECTOR, ORDER);
      IntVector w2 = IntVector.fromMemorySegment(INTS, words, word + 2 * VECTOR, ORDER);
      IntVector w3 = IntVector.fromMemorySegment(INTS, words, word + 3 * VECTOR, ORDER);
      word += LINE;
      // A step that the compiler does not know keeps the loop rolled, and its vectors in registers.
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
        w0 = w0.lanewise(VectorOperators.LSHR, shift);
        w1 = w1.lanewise(VectorOperators.LSHR, shift);
        w2 = w2.lanewise(VectorOperators.LSHR, shift);
        w3 = w3.lanewise(VectorOperators.LSHR, shift);
        k += 2;
      }
    }
    a0.intoArray(a, 0);
    a1.intoArray(a, L);
    a2.intoArray(a, 2 * L);
    a3.intoArray(a, 3 * L);
  }

  /** {@code y = fma(scale * step, fma(-z, sum, a), y)}. */
  private static void finish(
      TileLayout layout,
      MemorySegment words,
      long record,
      float step,
      float sum,
      float[] a,
      float[] y,
      int yStart) {
    // A zero point of 0 shows only where the sum is not finite.
    float nothing = -0f * sum;
    for (int vector = 0; vector < TileLayout.VECTORS; vector++) {
      long scale = record + vector * VECTOR;
      FloatVector product = FloatVector.fromArray(FLOATS, a, vector * L);
      if (layout.zeros()) {
        product =
            FloatVector.fromMemorySegment(FLOATS, words, scale + LINE, ORDER)
                .fma(FloatVector.broadcast(FLOATS, sum), product);
      } else {
        product = product.add(nothing);
      }
      int out = yStart + vector * L;
      FloatVector.fromMemorySegment(FLOATS, words, scale, ORDER)
          .mul(step)
          .fma(product, FloatVector.fromArray(FLOATS, y, out))
          .intoArray(y, out);
    }
  }
}
