package touchstone.kernels.scalar;

import touchstone.tensor.Activations;
import touchstone.tensor.RopeTable;

/**
 * Rotates every head by the angles of its position. Element j pairs with element j + headDim / 2,
 * not with its neighbour: the layout of Hugging Face checkpoints.
 *
 * <pre>
 * a' = a * cos - b * sin        a = x[j], b = x[j + headDim / 2]
 * b' = b * cos + a * sin
 * </pre>
 *
 * @source Su et al. 2021 (arXiv 2104.09864), eq. 34; transformers 4.33 apply_rotary_pos_emb
 * @shapes x [heads * headDim], cos and sin [headDim / 2]
 * @numerics fp32; the product with the sine is rounded, the one with the cosine fused
 * @deviation transformers rounds both products
 * @rules ROPE-2
 */
final class Rope {
  private Rope() {}

  static void row(Activations x, int row, RopeTable table) {
    int halfDim = table.halfDim();
    int angles = row * halfDim;
    float[] values = x.values();
    int end = x.start(row) + x.columns();
    for (int head = x.start(row); head < end; head += 2 * halfDim) {
      for (int j = 0; j < halfDim; j++) {
        float cos = table.cos()[angles + j];
        float sin = table.sin()[angles + j];
        float a = values[head + j];
        float b = values[head + halfDim + j];
        values[head + j] = Math.fma(a, cos, -(b * sin));
        values[head + halfDim + j] = Math.fma(b, cos, a * sin);
      }
    }
  }
}
