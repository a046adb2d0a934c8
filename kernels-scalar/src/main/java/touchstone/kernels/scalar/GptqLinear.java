package touchstone.kernels.scalar;

import java.util.Arrays;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.SummationOrder;
import touchstone.kernels.Linear;
import touchstone.kernels.ThreadTeam;
import touchstone.tensor.Activations;

/**
 * The product with a quantised matrix, in mode f32.
 *
 * <pre>
 * for each block of inputs, in {@link SummationOrder}, with c = code - 2^(bits-1), z = zero - 2^(bits-1):
 *   a[n] = sum over k of c[k, n] * x[k]        s = sum over k of x[k]
 *   y[n] = fma(scale[n], fma(-z[n], s, a[n]), y[n])
 * </pre>
 *
 * Codes and zero points are centred so that a symmetric matrix has z = 0 and loses no accuracy to
 * cancellation. Neighbouring outputs are neighbours in the file, so the inner loop runs over them.
 *
 * @source Frantar et al. 2022 (arXiv 2210.17323); layout of AutoGPTQ v0.4.2
 * @shapes x [tokens, inputs], y [tokens, outputs]
 * @numerics fp32; each output has one accumulator per block, each term one fused multiply-add
 * @deviation AutoGPTQ's kernels round weights to F16 or accumulate in F16
 * @rules GPTQ-6 SUM-1
 */
final class GptqLinear implements Linear {
  private static final int TILE = 256;

  private final GptqMatrix weight;
  private final ThreadTeam team;

  GptqLinear(GptqMatrix weight, ThreadTeam team) {
    this.weight = weight;
    this.team = team;
  }

  @Override
  public void apply(Activations x, Activations y) {
    for (int row = 0; row < x.rows(); row++) {
      Arrays.fill(y.values(), y.start(row), y.start(row) + y.columns(), 0);
    }
    float[] sums = sums(x);
    team.split(
        weight.rows(),
        (from, to) -> {
          for (int n = from; n < to; n += TILE) {
            tile(x, sums, y, n, Math.min(TILE, to - n));
          }
        });
  }

  /** The sum of every row of x over every block: [tokens, blocks]. */
  private float[] sums(Activations x) {
    SummationOrder order = weight.order();
    float[] sums = new float[x.rows() * order.blocks()];
    for (int row = 0; row < x.rows(); row++) {
      for (int block = 0; block < order.blocks(); block++) {
        float sum = 0;
        for (int place = order.start(block); place < order.start(block + 1); place++) {
          sum += x.values()[x.start(row) + order.input(place)];
        }
        sums[row * order.blocks() + block] = sum;
      }
    }
    return sums;
  }

  private void tile(Activations x, float[] sums, Activations y, int n, int width) {
    SummationOrder order = weight.order();
    float[] codes = new float[width]; // [outputs]
    float[] products = new float[x.rows() * width]; // [tokens, outputs]
    for (int block = 0; block < order.blocks(); block++) {
      Arrays.fill(products, 0);
      for (int place = order.start(block); place < order.start(block + 1); place++) {
        int input = order.input(place);
        centredCodes(input, n, codes);
        for (int row = 0; row < x.rows(); row++) {
          float factor = x.values()[x.start(row) + input];
          for (int j = 0; j < width; j++) {
            products[row * width + j] = Math.fma(codes[j], factor, products[row * width + j]);
          }
        }
      }
      addBlock(block, products, sums, y, n, width);
    }
  }

  private void centredCodes(int input, int n, float[] codes) {
    int centre = 1 << (weight.bits() - 1);
    for (int j = 0; j < codes.length; j++) {
      codes[j] = weight.code(input, n + j) - centre;
    }
  }

  private void addBlock(
      int block, float[] products, float[] sums, Activations y, int n, int width) {
    int centre = 1 << (weight.bits() - 1);
    int group = weight.order().group(block);
    for (int j = 0; j < width; j++) {
      float scale = weight.scale(group, n + j);
      float zero = weight.zero(group, n + j) - centre;
      for (int row = 0; row < y.rows(); row++) {
        float sum = sums[row * weight.order().blocks() + block];
        float product = Math.fma(-zero, sum, products[row * width + j]);
        int at = y.start(row) + n + j;
        y.values()[at] = Math.fma(scale, product, y.values()[at]);
      }
    }
  }
}
