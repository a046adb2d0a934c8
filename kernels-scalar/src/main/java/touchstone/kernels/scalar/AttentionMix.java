package touchstone.kernels.scalar;

import java.util.Arrays;
import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;

/**
 * Mixes values by their probabilities.
 *
 * <pre>
 * y[j] = sum over p of probabilities[p] * v[p, j]        p ascending, one accumulator per j
 * </pre>
 *
 * @source Vaswani et al. 2017 (arXiv 1706.03762), eq. 1
 * @shapes probabilities [positions], v [positions, headDim], y [headDim]
 * @numerics fp32 fused multiply-adds
 * @deviation none
 * @rules ATTN-3 ATTN-4
 */
final class AttentionMix {
  private AttentionMix() {}

  static void head(
      float[] probabilities, int count, KeyValues cache, Activations y, int row, int head) {
    int headDim = cache.headDim();
    int kvHead = Heads.shared(head, y.columns() / headDim, cache.kvHeads());
    int out = y.start(row) + head * headDim;
    Arrays.fill(y.values(), out, out + headDim, 0);
    for (int p = 0; p < count; p++) {
      int value = cache.start(kvHead, p);
      for (int j = 0; j < headDim; j++) {
        y.values()[out + j] =
            Math.fma(probabilities[p], cache.values()[value + j], y.values()[out + j]);
      }
    }
  }
}
