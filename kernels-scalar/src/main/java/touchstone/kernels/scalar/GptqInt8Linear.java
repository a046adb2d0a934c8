package touchstone.kernels.scalar;

import java.util.Arrays;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.GptqOutputs;
import touchstone.gptq.SummationOrder;
import touchstone.kernels.Linear;
import touchstone.kernels.ThreadTeam;
import touchstone.tensor.Activations;

/**
 * The product with a quantised matrix, in mode int8.
 *
 * <pre>
 * for each block of inputs, in {@link SummationOrder}, with c = code - 2^(bits-1), z = zero - 2^(bits-1),
 * and q, step of {@link Int8Block}:
 *   i[n] = sum over k of c[k, n] * q[k]  -  z[n] * sum over k of q[k]        exact integers
 *   y[n] = fma(scale[n] * step, i[n], y[n])
 * </pre>
 *
 * The integer is below 128 * 127 * 128 * 2 &lt; 2^23, so it is exactly a float.
 *
 * @source the idea of llama.cpp's Q8 activations; blocks and order are our own
 * @shapes x [tokens, inputs], y [tokens, outputs]
 * @numerics integers, then one rounded product and one fused multiply-add per block
 * @deviation activations carry 8 bits: an approximation of mode f32, defined to the bit
 * @rules INT8-1 INT8-2 SUM-1
 */
final class GptqInt8Linear implements Linear {
  /** Outputs decoded together: enough for vector loops, few enough that their sums stay cached. */
  private static final int TILE = 512;

  private final GptqMatrix weight;
  private final ThreadTeam team;
  private final int centre; // 2^(bits-1)

  GptqInt8Linear(GptqMatrix weight, ThreadTeam team) {
    this.weight = weight;
    this.team = team;
    this.centre = 1 << (weight.bits() - 1);
  }

  @Override
  public void apply(Activations x, Activations y) {
    for (int row = 0; row < x.rows(); row++) {
      Arrays.fill(y.values(), y.start(row), y.start(row) + y.columns(), 0);
    }
    Int8Block rounded = Int8Block.of(x, weight.order());
    team.split(
        weight.rows(),
        (from, to) -> {
          for (int n = from; n < to; n += TILE) {
            tile(rounded, y, n, Math.min(TILE, to - n));
          }
        });
  }

  /** The {@code width} outputs from {@code n} on, block by block. */
  private void tile(Int8Block x, Activations y, int n, int width) {
    GptqOutputs outputs = new GptqOutputs(weight, n, width);
    int[][] products = new int[y.rows()][width]; // [tokens, outputs]
    for (int block = 0; block < weight.order().blocks(); block++) {
      multiply(x, block, outputs, products);
      combine(x, block, outputs, products, y, n);
    }
  }

  private void multiply(Int8Block x, int block, GptqOutputs outputs, int[][] products) {
    SummationOrder order = weight.order();
    for (int[] row : products) {
      Arrays.fill(row, 0);
    }
    for (int place = order.start(block); place < order.start(block + 1); place++) {
      int[] codes = outputs.codes(order.input(place)); // [outputs]
      for (int row = 0; row < products.length; row++) {
        addProducts(codes, x.codes()[row * weight.columns() + place], products[row]);
      }
    }
  }

  private void addProducts(int[] codes, int factor, int[] products) {
    for (int j = 0; j < codes.length; j++) {
      products[j] += (codes[j] - centre) * factor;
    }
  }

  private void combine(
      Int8Block x, int block, GptqOutputs outputs, int[][] products, Activations y, int n) {
    int[] zeros = outputs.zeros(weight.order().group(block)); // [outputs]
    float[] scales = outputs.scales(weight.order().group(block)); // [outputs]
    for (int row = 0; row < y.rows(); row++) {
      float step = x.steps()[row * weight.order().blocks() + block];
      int sum = x.sums()[row * weight.order().blocks() + block];
      for (int j = 0; j < scales.length; j++) {
        int product = products[row][j] - (zeros[j] - centre) * sum;
        int at = y.start(row) + n + j;
        y.values()[at] = Math.fma(scales[j] * step, product, y.values()[at]);
      }
    }
  }
}
