package touchstone.quantize;

import touchstone.kernels.Kernels;
import touchstone.tensor.DenseMatrix;

/** GPTQ: rounds the weights of a layer one input after another, and lets the rest make up for it. */
public final class GptqSolver {
  private GptqSolver() {}

  /**
   * Finds the codes of a layer.
   *
   * @param weight [outputs, inputs], both multiples of 32; its tensor's name is in messages
   * @param hessian of the layer's inputs
   * @throws touchstone.error.TouchstoneException UNSUPPORTED for a shape, FORMAT for a weight that is
   *     not finite, CONFIG if the damping is too small for this Hessian
   */
  public static QuantisedLayer solve(
      DenseMatrix weight, Hessian hessian, QuantiserSettings settings, Kernels kernels) {
    throw new UnsupportedOperationException();
  }
}
