package touchstone.kernels.simd;

import static touchstone.kernels.simd.Lanes.FLOATS;
import static touchstone.kernels.simd.Lanes.INTS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.SummationOrder;
import touchstone.tensor.Activations;

/**
 * A tile of outputs of a {@link GptqProduct}. Lanes are neighbouring outputs; two vectors of them
 * make a panel, whose codes are decoded once per block and then multiplied with four rows of x at a
 * time. One instance serves one thread.
 */
final class GptqTile {
  /** Outputs of a panel. */
  private static final int PANEL = 2 * Lanes.COUNT;

  private static final int ROWS_TOGETHER = 4;

  private final GptqMatrix weight;
  private final BlockedInput x;
  private final Activations y;
  private final TileWords words;
  private final TileGroup group;
  private final float[] codes = new float[SummationOrder.BLOCK * PANEL]; // [inputs, panel]
  private final float[] products = new float[ROWS_TOGETHER * PANEL]; // [rows, panel]

  GptqTile(GptqMatrix weight, BlockedInput x, Activations y, int width) {
    this.weight = weight;
    this.x = x;
    this.y = y;
    this.words = new TileWords(weight, width);
    this.group = new TileGroup(weight, width);
  }

  /** Computes outputs {@code n} to {@code n + width - 1} of every row. */
  void compute(int n, int width) {
    SummationOrder order = weight.order();
    for (int row = 0; row < y.rows(); row++) {
      Arrays.fill(y.values(), y.start(row) + n, y.start(row) + n + width, 0);
    }
    for (int block = 0; block < order.blocks(); block++) {
      if (block == 0 || order.group(block) != order.group(block - 1)) {
        group.decode(order.group(block), n, width);
      }
      words.copy(block, n, width);
      int inputs = order.start(block + 1) - order.start(block);
      for (int j = 0; j < width; j += PANEL) {
        decode(j, inputs, width);
        multiply(block, j, n, inputs);
      }
    }
  }

  /** Decodes the centred codes of a panel that starts at output {@code j} of the tile. */
  private void decode(int j, int inputs, int width) {
    int bits = weight.bits();
    for (int i = 0; i < inputs; i++) {
      int at = words.start(i) + j;
      int shift = words.shift(i);
      for (int part = 0; part < PANEL; part += Lanes.COUNT) {
        if (shift + bits <= Integer.SIZE) {
          decode(words.words(), at + part, shift, bits, codes, i * PANEL + part);
        } else {
          decodeSplit(words.words(), at + part, width, shift, bits, codes, i * PANEL + part);
        }
      }
    }
  }

  /**
   * Decodes a vector of codes. Flipping the top bit of a code and extending its sign subtracts
   * {@code 2^(bits-1)}.
   */
  private static void decode(int[] words, int at, int shift, int bits, float[] codes, int target) {
    IntVector.fromArray(INTS, words, at)
        .lanewise(VectorOperators.LSHL, Integer.SIZE - bits - shift)
        .lanewise(VectorOperators.XOR, Integer.MIN_VALUE)
        .lanewise(VectorOperators.ASHR, Integer.SIZE - bits)
        .convert(VectorOperators.I2F, 0)
        .reinterpretAsFloats()
        .intoArray(codes, target);
  }

  /** As {@link #decode}, for codes whose high bits stand {@code apart} words further. */
  private static void decodeSplit(
      int[] words, int at, int apart, int shift, int bits, float[] codes, int target) {
    int high = 2 * Integer.SIZE - bits - shift; // where the high word's lowest bit goes
    IntVector.fromArray(INTS, words, at)
        .lanewise(VectorOperators.LSHR, shift + bits - Integer.SIZE)
        .or(IntVector.fromArray(INTS, words, at + apart).lanewise(VectorOperators.LSHL, high))
        .lanewise(VectorOperators.XOR, Integer.MIN_VALUE)
        .lanewise(VectorOperators.ASHR, Integer.SIZE - bits)
        .convert(VectorOperators.I2F, 0)
        .reinterpretAsFloats()
        .intoArray(codes, target);
  }

  private void multiply(int block, int j, int n, int inputs) {
    int row = 0;
    for (; row <= y.rows() - ROWS_TOGETHER; row += ROWS_TOGETHER) {
      fourRows(block, row, j, n, inputs);
    }
    for (; row < y.rows(); row++) {
      oneRow(block, row, j, n, inputs);
    }
  }

  private void oneRow(int block, int row, int j, int n, int inputs) {
    float[] values = x.values();
    int from = x.offset() + row * weight.columns() + weight.order().start(block);
    FloatVector left = FloatVector.zero(FLOATS);
    FloatVector right = left;
    for (int i = 0; i < inputs; i++) {
      FloatVector value = FloatVector.broadcast(FLOATS, values[from + i]);
      left = FloatVector.fromArray(FLOATS, codes, i * PANEL).fma(value, left);
      right = FloatVector.fromArray(FLOATS, codes, i * PANEL + Lanes.COUNT).fma(value, right);
    }
    left.intoArray(products, 0);
    right.intoArray(products, Lanes.COUNT);
    addBlock(block, row, j, n, 0);
  }

  private void fourRows(int block, int row, int j, int n, int inputs) {
    float[] values = x.values();
    int columns = weight.columns();
    int from = x.offset() + row * columns + weight.order().start(block);
    FloatVector left0 = FloatVector.zero(FLOATS);
    FloatVector left1 = left0;
    FloatVector left2 = left0;
    FloatVector left3 = left0;
    FloatVector right0 = left0;
    FloatVector right1 = left0;
    FloatVector right2 = left0;
    FloatVector right3 = left0;
    for (int i = 0; i < inputs; i++) {
      FloatVector left = FloatVector.fromArray(FLOATS, codes, i * PANEL);
      FloatVector right = FloatVector.fromArray(FLOATS, codes, i * PANEL + Lanes.COUNT);
      FloatVector value = FloatVector.broadcast(FLOATS, values[from + i]);
      left0 = left.fma(value, left0);
      right0 = right.fma(value, right0);
      value = FloatVector.broadcast(FLOATS, values[from + columns + i]);
      left1 = left.fma(value, left1);
      right1 = right.fma(value, right1);
      value = FloatVector.broadcast(FLOATS, values[from + 2 * columns + i]);
      left2 = left.fma(value, left2);
      right2 = right.fma(value, right2);
      value = FloatVector.broadcast(FLOATS, values[from + 3 * columns + i]);
      left3 = left.fma(value, left3);
      right3 = right.fma(value, right3);
    }
    left0.intoArray(products, 0);
    right0.intoArray(products, Lanes.COUNT);
    left1.intoArray(products, PANEL);
    right1.intoArray(products, PANEL + Lanes.COUNT);
    left2.intoArray(products, 2 * PANEL);
    right2.intoArray(products, 2 * PANEL + Lanes.COUNT);
    left3.intoArray(products, 3 * PANEL);
    right3.intoArray(products, 3 * PANEL + Lanes.COUNT);
    for (int r = 0; r < ROWS_TOGETHER; r++) {
      addBlock(block, row + r, j, n, r * PANEL);
    }
  }

  /** Adds the products of a block, which stand in {@code products} from {@code at} on, to a row of y. */
  private void addBlock(int block, int row, int j, int n, int at) {
    int which = row * weight.order().blocks() + block;
    float step = x.steps()[which];
    float sum = x.sums()[which];
    int out = y.start(row) + n + j;
    for (int part = 0; part < PANEL; part += Lanes.COUNT) {
      FloatVector product = FloatVector.fromArray(FLOATS, products, at + part);
      FloatVector negatedZero = FloatVector.fromArray(FLOATS, group.negatedZeros(), j + part);
      product = negatedZero.fma(FloatVector.broadcast(FLOATS, sum), product);
      FloatVector.fromArray(FLOATS, group.scales(), j + part)
          .mul(step)
          .fma(product, FloatVector.fromArray(FLOATS, y.values(), out + part))
          .intoArray(y.values(), out + part);
    }
  }
}
