package touchstone.kernels.simd;

import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;

/** How well one query fits each key. Lanes are stripes; several keys are taken together. */
final class AttentionScores {
  private AttentionScores() {}

  static void head(
      Activations q,
      int row,
      int head,
      KeyValues cache,
      int count,
      float[] scores,
      Stripes stripes) {
    int headDim = cache.headDim();
    int query = q.start(row) + head * headDim;
    int kvHead = Heads.shared(head, q.columns() / headDim, cache.kvHeads());
    int p = 0;
    for (; p <= count - Stripes.TOGETHER; p += Stripes.TOGETHER) {
      int key = cache.start(kvHead, p);
      stripes.dots(q.values(), query, cache.keys(), key, headDim, scores, p);
    }
    for (; p < count; p++) {
      int key = cache.start(kvHead, p);
      scores[p] = stripes.dot(q.values(), query, cache.keys(), key, headDim);
    }
    float scale = (float) (1 / Math.sqrt(headDim));
    for (int i = 0; i < count; i++) {
      scores[i] *= scale;
    }
  }
}
