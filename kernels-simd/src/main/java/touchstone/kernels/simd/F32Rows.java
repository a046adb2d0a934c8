package touchstone.kernels.simd;

import static touchstone.kernels.simd.Lanes.FLOATS;
import static touchstone.kernels.simd.Lanes.INTS;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import touchstone.gptq.SummationOrder;

/**
 * Many rows of activations times one block of one tile, in fp32; the same sums as {@link F32Row}. Lanes
 * are neighbouring outputs. Two vectors of outputs make a panel, whose codes are decoded once to the
 * first-level cache and multiplied with four rows at a time.
 */
final class F32Rows {
  /** Floats that the codes of a panel take, for a block of the most inputs. */
  static final int CODES = 2 * Lanes.COUNT * (SummationOrder.BLOCK + Integer.SIZE);

  private static final int L = Lanes.COUNT;
  private static final int PANEL = 2 * L;
  private static final int WIDTH = TileLayout.WIDTH;
  private static final long LINE = TileLayout.LINE;
  private static final long VECTOR = (long) L * Integer.BYTES;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private F32Rows() {}

  /**
   * Adds one block to the sums of a tile.
   *
   * @param at where the record stands
   * @param x the activations
   * @param codes room for the codes of a panel
   * @param y [rows, WIDTH], from {@code yStart} on
   */
  static void add(
      TileLayout layout,
      MemorySegment words,
      long at,
      int block,
      BlockedInput x,
      float[] codes,
      float[] y,
      int yStart) {
    long word = at + (layout.zeros() ? 2 * LINE : LINE);
    for (int panel = 0; panel < TileLayout.VECTORS / 2; panel++) {
      long part = panel * 2 * VECTOR;
      decode(layout, words, word + part, layout.rows()[block], codes);
      for (int bundle = 0; bundle < x.bundles(); bundle++) {
        int out = yStart + bundle * BlockedInput.BUNDLE * WIDTH + panel * PANEL;
        multiply(layout, words, at + part, block, x, bundle, codes, y, out);
      }
    }
  }

  private static void decode(
      TileLayout layout, MemorySegment words, long at, int rows, float[] codes) {
    int bits = layout.bits();
    int pairs = layout.fields() / 2;
    IntVector mask0 = IntVector.broadcast(INTS, (1 << bits) - 1);
    IntVector mask1 = IntVector.broadcast(INTS, (1 << bits) - 1 << bits);
    IntVector units0 = IntVector.broadcast(INTS, F32Row.unitsAt(0));
    IntVector units1 = IntVector.broadcast(INTS, F32Row.unitsAt(bits));
    FloatVector offset0 = FloatVector.broadcast(FLOATS, F32Row.offset(0, bits));
    FloatVector offset1 = FloatVector.broadcast(FLOATS, F32Row.offset(bits, bits));
    long word = at;
    int to = 0;
    for (int row = 0; row < rows; row++) {
      IntVector w0 = IntVector.fromMemorySegment(INTS, words, word, ORDER);
      IntVector w1 = IntVector.fromMemorySegment(INTS, words, word + VECTOR, ORDER);
      word += LINE;
      for (int pair = 0; pair < pairs; pair++) {
        w0.and(mask0).or(units0).reinterpretAsFloats().sub(offset0).intoArray(codes, to);
        w1.and(mask0).or(units0).reinterpretAsFloats().sub(offset0).intoArray(codes, to + L);
        w0.and(mask1).or(units1).reinterpretAsFloats().sub(offset1).intoArray(codes, to + PANEL);
        w1.and(mask1)
            .or(units1)
            .reinterpretAsFloats()
            .sub(offset1)
            .intoArray(codes, to + PANEL + L);
        w0 = w0.lanewise(VectorOperators.LSHR, 2 * bits);
        w1 = w1.lanewise(VectorOperators.LSHR, 2 * bits);
        to += 2 * PANEL;
      }
    }
  }

  private static void multiply(
      TileLayout layout,
      MemorySegment words,
      long at,
      int block,
      BlockedInput input,
      int bundle,
      float[] codes,
      float[] y,
      int out) {
    float[] x = input.values();
    int from = input.start(block, bundle);
    int places = layout.rows()[block] * layout.fields();
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector left0 = zero;
    FloatVector right0 = zero;
    FloatVector left1 = zero;
    FloatVector right1 = zero;
    FloatVector left2 = zero;
    FloatVector right2 = zero;
    FloatVector left3 = zero;
    FloatVector right3 = zero;
    for (int i = 0; i < places; i++) {
      FloatVector left = FloatVector.fromArray(FLOATS, codes, i * PANEL);
      FloatVector right = FloatVector.fromArray(FLOATS, codes, i * PANEL + L);
      FloatVector value = FloatVector.broadcast(FLOATS, x[from]);
      left0 = left.fma(value, left0);
      right0 = right.fma(value, right0);
      value = FloatVector.broadcast(FLOATS, x[from + 1]);
      left1 = left.fma(value, left1);
      right1 = right.fma(value, right1);
      value = FloatVector.broadcast(FLOATS, x[from + 2]);
      left2 = left.fma(value, left2);
      right2 = right.fma(value, right2);
      value = FloatVector.broadcast(FLOATS, x[from + 3]);
      left3 = left.fma(value, left3);
      right3 = right.fma(value, right3);
      from += BlockedInput.BUNDLE;
    }
    FloatVector scale0 = floats(words, at);
    FloatVector scale1 = floats(words, at + VECTOR);
    FloatVector zero0 = zeros(layout, words, at + LINE);
    FloatVector zero1 = zeros(layout, words, at + LINE + VECTOR);
    float[] sums = input.sums();
    float[] steps = input.steps();
    int first = input.index(block, bundle);
    FloatVector sum = FloatVector.broadcast(FLOATS, sums[first]);
    FloatVector step = FloatVector.broadcast(FLOATS, steps[first]);
    scale0
        .mul(step)
        .fma(zero0.fma(sum, left0), FloatVector.fromArray(FLOATS, y, out))
        .intoArray(y, out);
    scale1
        .mul(step)
        .fma(zero1.fma(sum, right0), FloatVector.fromArray(FLOATS, y, out + L))
        .intoArray(y, out + L);
    sum = FloatVector.broadcast(FLOATS, sums[first + 1]);
    step = FloatVector.broadcast(FLOATS, steps[first + 1]);
    scale0
        .mul(step)
        .fma(zero0.fma(sum, left1), FloatVector.fromArray(FLOATS, y, out + WIDTH))
        .intoArray(y, out + WIDTH);
    scale1
        .mul(step)
        .fma(zero1.fma(sum, right1), FloatVector.fromArray(FLOATS, y, out + WIDTH + L))
        .intoArray(y, out + WIDTH + L);
    sum = FloatVector.broadcast(FLOATS, sums[first + 2]);
    step = FloatVector.broadcast(FLOATS, steps[first + 2]);
    scale0
        .mul(step)
        .fma(zero0.fma(sum, left2), FloatVector.fromArray(FLOATS, y, out + 2 * WIDTH))
        .intoArray(y, out + 2 * WIDTH);
    scale1
        .mul(step)
        .fma(zero1.fma(sum, right2), FloatVector.fromArray(FLOATS, y, out + 2 * WIDTH + L))
        .intoArray(y, out + 2 * WIDTH + L);
    sum = FloatVector.broadcast(FLOATS, sums[first + 3]);
    step = FloatVector.broadcast(FLOATS, steps[first + 3]);
    scale0
        .mul(step)
        .fma(zero0.fma(sum, left3), FloatVector.fromArray(FLOATS, y, out + 3 * WIDTH))
        .intoArray(y, out + 3 * WIDTH);
    scale1
        .mul(step)
        .fma(zero1.fma(sum, right3), FloatVector.fromArray(FLOATS, y, out + 3 * WIDTH + L))
        .intoArray(y, out + 3 * WIDTH + L);
  }

  private static FloatVector floats(MemorySegment words, long at) {
    return FloatVector.fromMemorySegment(FLOATS, words, at, ORDER);
  }

  private static FloatVector zeros(TileLayout layout, MemorySegment words, long at) {
    return layout.zeros() ? floats(words, at) : FloatVector.broadcast(FLOATS, -0f);
  }
}
