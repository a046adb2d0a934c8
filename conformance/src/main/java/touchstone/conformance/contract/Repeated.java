package touchstone.conformance.contract;

import touchstone.kernels.Linear;
import touchstone.tensor.Activations;
import touchstone.tensor.WeightMatrix;

/** One layer applied to many rows, then to fewer: what it kept for itself must not show. */
final class Repeated {
  private static final int[] ROWS = {6, 1, 3, 1};

  private Repeated() {}

  /** All results, one after another. */
  static float[] apply(Linear linear, WeightMatrix weight) {
    int total = 0;
    for (int rows : ROWS) {
      total += rows;
    }
    Activations all = Activations.zeros(total, weight.rows());
    Numbers numbers = new Numbers(weight.columns());
    int row = 0;
    for (int rows : ROWS) {
      float[] x = numbers.draw(Numbers.Kind.WIDE, rows * weight.columns());
      linear.apply(new Activations(x, 0, rows, weight.columns()), all.rows(row, rows));
      row += rows;
    }
    return all.values();
  }
}
