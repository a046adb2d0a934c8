package touchstone.quantize;

import java.util.Objects;
import java.util.Optional;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.kernels.Kernels;
import touchstone.tensor.Activations;

/**
 * The Hessian of a layer's squared error, gathered sequence by sequence.
 *
 * <pre>
 * H = 2/n * sum over tokens of x xT                             n = number of sequences
 *
 * H = H * fl(n / (n+1)) + sum over tokens of x' x'T             for every further sequence
 * x' = fl(sqrt(2 / (n+1))) * x
 * </pre>
 *
 * It is not stored: whoever was interrupted gathers it again.
 *
 * @source Frantar et al. 2022 (arXiv 2210.17323), section 3.1; AutoGPTQ v0.4.2 gptq.py, add_batch
 * @shapes x [tokens, columns], H [columns, columns]
 * @numerics fp32; the two factors are rounded from double; the sum over the tokens of one sequence is
 *     a dot product in the order of {@link Kernels#linear}, so no kernel set and no number of threads
 *     changes a bit
 * @deviation AutoGPTQ leaves the order of a sum to its library
 * @rules QUANT-1 QUANT-12
 */
public final class Hessian {
  /** Rows at once: with 2048 tokens they stay in the second-level cache. */
  private static final int ROWS = 64;

  /** Tokens transposed at once: as many floats as a line of the cache has. */
  private static final int LINE = 16;

  private final String module;
  private final Kernels kernels;
  private final Matrix lower; // [columns, columns], zeros above the diagonal
  private int sequences;

  /**
   * A Hessian of zeros.
   *
   * @param module name of the layer, for messages
   * @param columns inputs of the layer
   * @param kernels compute the products; stay open as long as sequences are added
   */
  public Hessian(String module, int columns, Kernels kernels) {
    this.module = Objects.requireNonNull(module, "module");
    this.kernels = Objects.requireNonNull(kernels, "kernels");
    this.lower = Matrix.zeros(columns, columns);
  }

  /**
   * Adds one sequence.
   *
   * @param sequence inputs of the layer, [tokens, columns]
   * @throws TouchstoneException FORMAT if a value is not finite, and nothing is added; or if values are so
   *     large that their squares are not, and this Hessian is of no more use
   */
  public void add(Activations sequence) {
    sequence.requireShape("sequence", sequence.rows(), columns());
    float kept = (float) ((double) sequences / (sequences + 1));
    float factor = (float) Math.sqrt(2.0 / (sequences + 1));
    Matrix features = features(sequence, factor); // [columns, tokens]
    sequences++;
    for (int from = 0; from < columns(); from += ROWS) {
      int to = Math.min(columns(), from + ROWS);
      Activations products = Activations.zeros(to - from, to); // [rows, columns up to them]
      kernels
          .linear(features.weight(to), Optional.empty())
          .apply(features.activations(from, to), products);
      for (int row = from; row < to; row++) {
        accumulate(row, kept, products.values(), products.start(row - from));
      }
    }
  }

  /** The scaled inputs, one row per feature. */
  private Matrix features(Activations sequence, float factor) {
    Matrix features = Matrix.zeros(columns(), sequence.rows());
    for (int from = 0; from < sequence.rows(); from += LINE) {
      int to = Math.min(sequence.rows(), from + LINE);
      for (int column = 0; column < columns(); column++) {
        for (int token = from; token < to; token++) {
          float value = sequence.values()[sequence.start(token) + column];
          if (!Float.isFinite(value)) {
            throw damaged("input %s of feature %d, token %d".formatted(value, column, token));
          }
          features.values()[features.index(column, token)] = factor * value;
        }
      }
    }
    return features;
  }

  private void accumulate(int row, float kept, float[] products, int start) {
    float[] h = lower.values();
    int at = lower.index(row, 0);
    for (int column = 0; column <= row; column++) {
      h[at + column] = h[at + column] * kept + products[start + column];
    }
    if (!Float.isFinite(h[at + row])) {
      throw damaged("squares of feature %d that sum up to %s".formatted(row, h[at + row]));
    }
  }

  private TouchstoneException damaged(String found) {
    return TouchstoneException.of(
        Fault.FORMAT,
        module,
        found,
        "calibration needs finite inputs; the weights of an earlier layer may be damaged");
  }

  /** Inputs of the layer. */
  public int columns() {
    return lower.columns();
  }

  /** Number of sequences that were added. */
  public int sequences() {
    return sequences;
  }

  /** One element; the matrix is symmetric. */
  public float at(int row, int column) {
    return lower.at(Math.max(row, column), Math.min(row, column));
  }

  /** Elements on and below the diagonal; zeros above. */
  Matrix lower() {
    return lower;
  }

  /** The name of the layer. */
  String module() {
    return module;
  }
}
