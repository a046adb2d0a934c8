package touchstone.kernels.scalar;

import touchstone.tensor.Activations;

/**
 * Scales a vector to unit root-mean-square, then by a learned gain.
 *
 * <pre>
 * r = 1 / sqrt(sum(x[i]^2) / dim + epsilon)
 * y[i] = gain[i] * (x[i] * r)
 * </pre>
 *
 * @source Zhang and Sennrich 2019 (arXiv 1910.07467), eq. 4; transformers 4.33 LlamaRMSNorm
 * @shapes x, gain, y [dim]
 * @numerics fp32; the sum in {@link Stripes}; division, square root and reciprocal each correctly
 *     rounded
 * @deviation transformers rounds x * r to the type of the weights before the gain
 * @rules RMS-1 RMS-2
 */
final class RmsNorm {
  private RmsNorm() {}

  static void row(Activations x, int row, float[] gain, float epsilon, Activations y) {
    int dim = x.columns();
    int from = x.start(row);
    int to = y.start(row);
    float mean = Stripes.dot(x.values(), from, x.values(), from, dim) / dim;
    // The root of a float, taken in double and rounded, is the correctly rounded float root.
    float r = 1 / (float) Math.sqrt(mean + epsilon);
    for (int i = 0; i < dim; i++) {
      y.values()[to + i] = gain[i] * (x.values()[from + i] * r);
    }
  }
}
