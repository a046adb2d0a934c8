package touchstone.quantize;

import touchstone.tensor.DenseMatrix;

/** The baseline: every weight is rounded by itself. */
public final class RoundToNearest {
  private RoundToNearest() {}

  /**
   * Rounds the weights of a layer. The order of inputs, static groups and damping do not matter.
   *
   * @param weight [outputs, inputs], both multiples of 32; its tensor's name is in messages
   * @throws touchstone.error.TouchstoneException UNSUPPORTED for a shape, FORMAT for a weight that is
   *     not finite
   */
  public static QuantisedLayer quantise(DenseMatrix weight, QuantiserSettings settings) {
    throw new UnsupportedOperationException();
  }
}
