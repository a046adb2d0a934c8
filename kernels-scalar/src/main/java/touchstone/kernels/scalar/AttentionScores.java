package touchstone.kernels.scalar;

import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;

/**
 * How well one query fits each key.
 *
 * <pre>
 * scores[p] = (q . k[p]) * scale        scale = 1 / sqrt(headDim), rounded once
 * </pre>
 *
 * @source Vaswani et al. 2017 (arXiv 1706.03762), eq. 1
 * @shapes q [headDim], k [positions, headDim], scores [positions]
 * @numerics fp32; dot products in {@link Stripes}
 * @deviation transformers divides by the root instead of multiplying by its reciprocal
 * @rules ATTN-1 ATTN-2
 */
final class AttentionScores {
  private AttentionScores() {}

  static void head(Activations q, int row, int head, KeyValues cache, int count, float[] scores) {
    int headDim = cache.headDim();
    int query = q.start(row) + head * headDim;
    int kvHead = Heads.shared(head, q.columns() / headDim, cache.kvHeads());
    float scale = (float) (1 / Math.sqrt(headDim));
    for (int p = 0; p < count; p++) {
      int key = cache.start(kvHead, p);
      scores[p] = Stripes.dot(q.values(), query, cache.keys(), key, headDim) * scale;
    }
  }
}
