package touchstone.conformance.oracle;

import touchstone.gptq.GptqMatrix;
import touchstone.gptq.ZeroPointFormat;
import touchstone.tensor.Tensor;

/**
 * Products of one row of activations with a weight matrix.
 *
 * <pre>
 * y[n] = sum over k of W[n, k] * x[k]
 * </pre>
 *
 * @shapes x [columns], W [rows, columns], y [rows]
 */
public final class LinearOracle {
  private static final int CENTRED_BLOCK = 128;

  private LinearOracle() {}

  /**
   * The product with a matrix given as numbers. A dot product of n terms rounds no term more than n
   * times: bound {@code gamma(n) * sum |w x|}.
   */
  public static Bounded dense(float[] w, int rows, int columns, float[] x) {
    double[] y = new double[rows];
    double[] bounds = new double[rows];
    for (int n = 0; n < rows; n++) {
      double gauge = 0;
      for (int k = 0; k < columns; k++) {
        double term = (double) w[n * columns + k] * x[k];
        y[n] += term;
        gauge += Math.abs(term);
      }
      bounds[n] = Rounding.gamma(columns) * gauge + columns * Rounding.UNDERFLOW;
    }
    return new Bounded(y, bounds);
  }

  /**
   * The product with a quantised matrix in mode f32. With centred codes c and zero points z, a term
   * {@code scale * (c - z) * x} is rounded at most once per input of its block of 128, once when the
   * zero point comes in and once per block: bound {@code gamma(129 + blocks) * sum |scale| (|c| +
   * |z|) |x|}.
   */
  public static Bounded quantised(GptqMatrix weight, float[] x) {
    double[] y = new double[weight.rows()];
    double[] bounds = new double[weight.rows()];
    int blocks = weight.columns() / CENTRED_BLOCK + weight.groups();
    for (int n = 0; n < weight.rows(); n++) {
      double gauge = 0;
      for (int k = 0; k < weight.columns(); k++) {
        int c = centredCode(weight, n, k);
        int z = centredZero(weight, n, k);
        double scale = scale(weight, n, k);
        y[n] += scale * (c - z) * x[k];
        gauge += Math.abs(scale) * (Math.abs(c) + Math.abs(z)) * Math.abs(x[k]);
      }
      bounds[n] =
          Rounding.gamma(CENTRED_BLOCK + 1L + blocks) * gauge + 2.0 * blocks * Rounding.UNDERFLOW;
    }
    return new Bounded(y, bounds);
  }

  /**
   * The same product in mode int8, which puts {@code q * step} for x. In a block with largest
   * magnitude m that is off by at most half a step of m / 127, and by the roundings of {@code 127 /
   * m}, the scaled x and the step, each of which moves at most 127 steps by u; below 2^-100 a block
   * is dropped whole.
   *
   * @param largest the m of every input's block [columns]
   */
  public static Bounded quantisedInt8(GptqMatrix weight, float[] x, float[] largest) {
    double[] y = new double[weight.rows()];
    double[] bounds = new double[weight.rows()];
    int blocks = weight.columns() / CENTRED_BLOCK + weight.groups();
    double halfStep = 0.5 + 127 * Rounding.gamma(3);
    for (int n = 0; n < weight.rows(); n++) {
      double rounded = 0;
      double gauge = 0;
      for (int k = 0; k < weight.columns(); k++) {
        double w = scale(weight, n, k) * (centredCode(weight, n, k) - centredZero(weight, n, k));
        y[n] += w * x[k];
        rounded +=
            Math.abs(w) * (largest[k] < 0x1p-100f ? largest[k] : largest[k] / 127 * halfStep);
        gauge += Math.abs(w) * Math.abs(x[k]);
      }
      bounds[n] =
          rounded
              + Rounding.gamma(blocks + 1L) * (gauge + rounded)
              + 2.0 * blocks * 0x1p23 * Rounding.UNDERFLOW;
    }
    return new Bounded(y, bounds);
  }

  private static int centredCode(GptqMatrix weight, int output, int input) {
    long row = (long) input * weight.bits() / Integer.SIZE;
    long apart = weight.rows();
    int first = input * weight.bits() % Integer.SIZE;
    return bits(weight.qweight(), row * apart + output, apart, first, weight.bits())
        - (1 << (weight.bits() - 1));
  }

  private static int centredZero(GptqMatrix weight, int output, int input) {
    long words = (long) weight.rows() * weight.bits() / Integer.SIZE;
    long word = weight.groupOf(input) * words + (long) output * weight.bits() / Integer.SIZE;
    int first = output * weight.bits() % Integer.SIZE;
    int stored = bits(weight.qzeros(), word, 1, first, weight.bits());
    int zero = weight.zeroPoints() == ZeroPointFormat.V1 ? stored + 1 : stored;
    return zero - (1 << (weight.bits() - 1));
  }

  private static double scale(GptqMatrix weight, int output, int input) {
    return weight.scales().doubleAt((long) weight.groupOf(input) * weight.rows() + output);
  }

  /** Reads a code bit by bit: from bit {@code first} of a word, going on in words {@code apart}. */
  private static int bits(Tensor words, long word, long apart, int first, int count) {
    int code = 0;
    for (int b = 0; b < count; b++) {
      int at = first + b;
      int bit = words.intAt(word + at / Integer.SIZE * apart) >>> (at % Integer.SIZE) & 1;
      code |= bit << b;
    }
    return code;
  }
}
