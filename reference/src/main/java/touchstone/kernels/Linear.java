package touchstone.kernels;

import touchstone.tensor.Activations;

/** A linear layer as a kernel set holds it: {@code y = x W^T + b} for every row of x. */
@FunctionalInterface
public interface Linear {
  /**
   * Applies the layer.
   *
   * @param x [tokens, columns of W]
   * @param y [tokens, rows of W], overwritten; must not overlap x
   */
  void apply(Activations x, Activations y);
}
