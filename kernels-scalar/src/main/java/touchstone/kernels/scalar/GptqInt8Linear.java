package touchstone.kernels.scalar;

import java.util.Arrays;
import touchstone.gptq.GptqMatrix;
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
  private static final int TILE = 256;

  private final GptqMatrix weight;
  private final ThreadTeam team;

  GptqInt8Linear(GptqMatrix weight, ThreadTeam team) {
    this.weight = weight;
    this.team = team;
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

  private void tile(Int8Block x, Activations y, int n, int width) {
    SummationOrder order = weight.order();
    int[] codes = new int[width]; // [outputs]
    int[] products = new int[y.rows() * width]; // [tokens, outputs]
    for (int block = 0; block < order.blocks(); block++) {
      Arrays.fill(products, 0);
      for (int place = order.start(block); place < order.start(block + 1); place++) {
        centredCodes(order.input(place), n, codes);
        for (int row = 0; row < y.rows(); row++) {
          int factor = x.codes()[row * weight.columns() + place];
          for (int j = 0; j < width; j++) {
            products[row * width + j] += codes[j] * factor;
          }
        }
      }
      addBlock(block, products, x, y, n, width);
    }
  }

  private void centredCodes(int input, int n, int[] codes) {
    int centre = 1 << (weight.bits() - 1);
    for (int j = 0; j < codes.length; j++) {
      codes[j] = weight.code(input, n + j) - centre;
    }
  }

  private void addBlock(int block, int[] products, Int8Block x, Activations y, int n, int width) {
    int centre = 1 << (weight.bits() - 1);
    int blocks = weight.order().blocks();
    int group = weight.order().group(block);
    for (int j = 0; j < width; j++) {
      float scale = weight.scale(group, n + j);
      int zero = weight.zero(group, n + j) - centre;
      for (int row = 0; row < y.rows(); row++) {
        int sum = x.sums()[row * blocks + block];
        float step = x.steps()[row * blocks + block];
        int at = y.start(row) + n + j;
        y.values()[at] =
            Math.fma(scale * step, products[row * width + j] - zero * sum, y.values()[at]);
      }
    }
  }
}
