package touchstone.kernels.simd;

import touchstone.gptq.GptqMatrix;
import touchstone.kernels.ThreadTeam;
import touchstone.tensor.Activations;

/**
 * The product with a quantised matrix, for both modes.
 *
 * <pre>
 * for each block of inputs, in the order of summation, with a BlockedInput of values v:
 *   a[n] = sum over k of c[k, n] * v[k]
 *   y[n] = fma(scale[n] * step, fma(-z[n], sum of v, a[n]), y[n])
 * </pre>
 *
 * Outputs are split into tiles, so that the packed words, the scales and the zero points of a block
 * are read and decoded once for all rows of x.
 */
final class GptqProduct {
  /** Outputs in a tile: the words of a block of 4-bit codes take 32 KiB. */
  private static final int TILE = 512;

  /** The number of outputs is a multiple of this, and this is a multiple of every panel. */
  private static final int UNIT = 32;

  private final GptqMatrix weight;
  private final ThreadTeam team;

  GptqProduct(GptqMatrix weight, ThreadTeam team) {
    this.weight = weight;
    this.team = team;
  }

  /** Overwrites y with the product. */
  void apply(BlockedInput x, Activations y) {
    team.split(
        weight.rows() / UNIT,
        (from, to) -> {
          GptqTile tile = new GptqTile(weight, x, y, Math.min(TILE, (to - from) * UNIT));
          for (int n = from * UNIT; n < to * UNIT; n += TILE) {
            tile.compute(n, Math.min(TILE, to * UNIT - n));
          }
        });
  }
}
