package touchstone.kernels.simd;

import static touchstone.kernels.simd.Lanes.FLOATS;
import static touchstone.kernels.simd.Lanes.HALF_SHORTS;
import static touchstone.kernels.simd.Lanes.INTS;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import touchstone.kernels.Kernels;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/**
 * Dot products of one vector with rows of 16-bit numbers, widened on the way. Lanes are stripes. One
 * instance serves one thread.
 *
 * <p>A finite half, its sign extended and its bits shifted to where a float has them, is a float that
 * is {@code 2^-112} of it; so x is multiplied by {@code 2^112} instead, which is exact unless x is huge.
 * A BF16 is the upper half of a float.
 */
final class HalfDots {
  /** Rows that are taken together. */
  static final int TOGETHER = 4;

  /** What x must stay below, so that {@link #scale} does not overflow. */
  static final float MOST = 0x1p15f;

  private static final int WIDTH = Kernels.STRIPES;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Tensor tensor;
  private final int columns;
  private final int shift;
  private final int mask;
  private final short[] halves; // [rows together, columns]
  private final float[] stripes = new float[TOGETHER * WIDTH];

  HalfDots(Tensor tensor, int columns) {
    this.tensor = tensor;
    this.columns = columns;
    this.halves = new short[TOGETHER * columns];
    this.shift = tensor.dtype() == DType.F16 ? 13 : 16;
    this.mask = tensor.dtype() == DType.F16 ? 0x8fffe000 : 0xffff0000;
  }

  /** What x has to be multiplied with for weights of a type. */
  static float scale(DType dtype) {
    return dtype == DType.F16 ? 0x1p112f : 1;
  }

  /**
   * Computes the products with rows {@code n} to {@code n + TOGETHER - 1}.
   *
   * @param x [columns], scaled
   * @param y receives them from {@code at} on
   */
  void dots(float[] x, int n, float[] y, int at) {
    long from = (long) n * columns * Short.BYTES;
    MemorySegment.copy(tensor.data(), SHORT, from, halves, 0, TOGETHER * columns);
    int bound = columns - columns % WIDTH;
    for (int stripe = 0; stripe < WIDTH; stripe += Lanes.COUNT) {
      add(x, bound, stripe);
    }
    for (int row = 0; row < TOGETHER; row++) {
      for (int i = bound; i < columns; i++) {
        float weight = Float.intBitsToFloat(halves[row * columns + i] << shift & mask);
        int stripe = row * WIDTH + i - bound;
        stripes[stripe] = Math.fma(x[i], weight, stripes[stripe]);
      }
      y[at + row] = Stripes.tree(stripes, row * WIDTH);
    }
  }

  /** Sums up the stripes from {@code stripe} on, as far as all have terms. */
  private void add(float[] x, int bound, int stripe) {
    IntVector bits = IntVector.broadcast(INTS, mask);
    IntVector by = IntVector.broadcast(INTS, shift);
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    for (int i = stripe; i < bound; i += WIDTH) {
      FloatVector value = FloatVector.fromArray(FLOATS, x, i);
      IntVector w0 =
          (IntVector)
              ShortVector.fromArray(HALF_SHORTS, halves, i)
                  .convertShape(VectorOperators.S2I, INTS, 0);
      IntVector w1 =
          (IntVector)
              ShortVector.fromArray(HALF_SHORTS, halves, columns + i)
                  .convertShape(VectorOperators.S2I, INTS, 0);
      IntVector w2 =
          (IntVector)
              ShortVector.fromArray(HALF_SHORTS, halves, 2 * columns + i)
                  .convertShape(VectorOperators.S2I, INTS, 0);
      IntVector w3 =
          (IntVector)
              ShortVector.fromArray(HALF_SHORTS, halves, 3 * columns + i)
                  .convertShape(VectorOperators.S2I, INTS, 0);
      sum0 = w0.lanewise(VectorOperators.LSHL, by).and(bits).reinterpretAsFloats().fma(value, sum0);
      sum1 = w1.lanewise(VectorOperators.LSHL, by).and(bits).reinterpretAsFloats().fma(value, sum1);
      sum2 = w2.lanewise(VectorOperators.LSHL, by).and(bits).reinterpretAsFloats().fma(value, sum2);
      sum3 = w3.lanewise(VectorOperators.LSHL, by).and(bits).reinterpretAsFloats().fma(value, sum3);
    }
    sum0.intoArray(stripes, stripe);
    sum1.intoArray(stripes, WIDTH + stripe);
    sum2.intoArray(stripes, 2 * WIDTH + stripe);
    sum3.intoArray(stripes, 3 * WIDTH + stripe);
  }
}
