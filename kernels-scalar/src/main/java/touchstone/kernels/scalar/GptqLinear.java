package touchstone.kernels.scalar;

import java.util.Arrays;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.GptqOutputs;
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
  /** Outputs decoded together: enough for vector loops, few enough that their sums stay cached. */
  private static final int TILE = 512;

  private final GptqMatrix weight;
  private final ThreadTeam team;
  private final int centre; // 2^(bits-1)

  GptqLinear(GptqMatrix weight, ThreadTeam team) {
    this.weight = weight;
    this.team = team;
    this.centre = 1 << (weight.bits() - 1);
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

  /** The {@code width} outputs from {@code n} on, block by block. */
  private void tile(Activations x, float[] sums, Activations y, int n, int width) {
    GptqOutputs outputs = new GptqOutputs(weight, n, width);
    float[][] products = new float[x.rows()][width]; // [tokens, outputs]
    for (int block = 0; block < weight.order().blocks(); block++) {
      multiply(x, block, outputs, products);
      combine(sums, block, outputs, products, y, n);
    }
  }

  private void multiply(Activations x, int block, GptqOutputs outputs, float[][] products) {
    SummationOrder order = weight.order();
    for (float[] row : products) {
      Arrays.fill(row, 0);
    }
    for (int place = order.start(block); place < order.start(block + 1); place++) {
      int input = order.input(place);
      int[] codes = outputs.codes(input); // [outputs]
      for (int row = 0; row < x.rows(); row++) {
        addProducts(codes, x.values()[x.start(row) + input], products[row]);
      }
    }
  }

  private void addProducts(int[] codes, float factor, float[] products) {
    for (int j = 0; j < codes.length; j++) {
      products[j] = Math.fma(codes[j] - centre, factor, products[j]);
    }
  }

  private void combine(
      float[] sums, int block, GptqOutputs outputs, float[][] products, Activations y, int n) {
    int[] zeros = outputs.zeros(weight.order().group(block)); // [outputs]
    float[] scales = outputs.scales(weight.order().group(block)); // [outputs]
    for (int row = 0; row < y.rows(); row++) {
      float sum = sums[row * weight.order().blocks() + block];
      for (int j = 0; j < scales.length; j++) {
        float zero = zeros[j] - centre;
        float product = Math.fma(-zero, sum, products[row][j]);
        int at = y.start(row) + n + j;
        y.values()[at] = Math.fma(scales[j], product, y.values()[at]);
      }
    }
  }
}
