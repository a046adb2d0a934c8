package touchstone.kernels.scalar;

import touchstone.tensor.Activations;

/**
 * Adds a bias to every row, after the sum of products is finished.
 *
 * <pre>
 * y[r, n] = y[r, n] + b[n]
 * </pre>
 *
 * @shapes y [tokens, rows of W], b [rows of W]
 * @numerics one fp32 addition
 * @rules LINEAR-2
 */
final class Bias {
  private Bias() {}

  static void add(Activations y, float[] bias) {
    for (int row = 0; row < y.rows(); row++) {
      for (int n = 0; n < bias.length; n++) {
        y.values()[y.start(row) + n] += bias[n];
      }
    }
  }
}
