package touchstone.kernels.scalar;

import touchstone.tensor.Activations;

/**
 * The gate of the feed-forward network.
 *
 * <pre>
 * y = (g / (1 + exp(-g))) * u
 * </pre>
 *
 * @source Shazeer 2020 (arXiv 2002.05202), eq. 6; silu of Elfwing et al. 2017 (arXiv 1702.03118)
 * @shapes g, u, y [tokens, hiddenDim]
 * @numerics fp32; {@link Exp}; every other step correctly rounded
 * @deviation none
 * @rules FFN-2
 */
final class SwiGlu {
  private SwiGlu() {}

  static void apply(Activations gate, Activations up, Activations y, int from, int to) {
    for (int i = from; i < to; i++) {
      float g = gate.values()[gate.offset() + i];
      float u = up.values()[up.offset() + i];
      y.values()[y.offset() + i] = (g / (1 + Exp.exp(-g))) * u;
    }
  }
}
