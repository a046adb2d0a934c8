package touchstone.quantize;

import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.DenseMatrix;

/**
 * The weights of a layer that is to be quantised, checked and copied.
 *
 * @rules QUANT-11
 */
final class LayerWeights {
  /** Codes fill whole words in runs of this length, at any number of bits. */
  private static final int RUN = 32;

  private LayerWeights() {}

  static Matrix copy(DenseMatrix weight) {
    String name = weight.tensor().name();
    if (weight.rows() % RUN != 0 || weight.columns() % RUN != 0) {
      throw TouchstoneException.of(
          Fault.UNSUPPORTED,
          name,
          "a layer of [%d outputs, %d inputs]".formatted(weight.rows(), weight.columns()),
          "quantised layers have multiples of " + RUN);
    }
    Matrix copy = Matrix.zeros(weight.rows(), weight.columns());
    for (int row = 0; row < copy.rows(); row++) {
      weight.copyRow(row, copy.values(), copy.index(row, 0));
      for (int column = 0; column < copy.columns(); column++) {
        if (!Float.isFinite(copy.at(row, column))) {
          throw TouchstoneException.of(
              Fault.FORMAT,
              name,
              "weight %s at [%d, %d]".formatted(copy.at(row, column), row, column),
              "weights must be finite; the file is damaged");
        }
      }
    }
    return copy;
  }
}
