package touchstone.quantize;

import touchstone.kernels.Kernels;
import touchstone.tensor.Activations;

/**
 * The Hessian of a layer's squared error, summed over calibration sequences.
 *
 * <pre>
 * H = 2/n * sum over tokens of x xT          n = number of sequences
 * </pre>
 */
public final class Hessian {
  private final String module;
  private final int columns;
  private final Kernels kernels;
  private int sequences;

  /**
   * A Hessian of zeros.
   *
   * @param module name of the layer, for messages
   * @param columns inputs of the layer
   * @param kernels compute the products; stay open as long as sequences are added
   */
  public Hessian(String module, int columns, Kernels kernels) {
    this.module = module;
    this.columns = columns;
    this.kernels = kernels;
  }

  /**
   * Adds one sequence.
   *
   * @param sequence inputs of the layer, [tokens, columns]
   * @throws touchstone.error.TouchstoneException FORMAT if a value is not finite; then nothing is
   *     added
   */
  public void add(Activations sequence) {
    throw new UnsupportedOperationException();
  }

  /** Inputs of the layer. */
  public int columns() {
    return columns;
  }

  /** Number of sequences that were added. */
  public int sequences() {
    return sequences;
  }

  /** One element; symmetric. */
  public float at(int row, int column) {
    throw new UnsupportedOperationException();
  }
}
