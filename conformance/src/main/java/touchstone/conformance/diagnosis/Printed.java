package touchstone.conformance.diagnosis;

import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/** Numbers that came by way of decimal digits, as those of servers do. */
final class Printed {
  private static final int FEWEST_DIGITS = 3;
  private static final int MOST_DIGITS = 7;
  private static final int ENOUGH = 3;
  private static final double SLACK = 1e-6;

  private Printed() {}

  /**
   * The step of the last digit that all numbers have, at most a thousandth; 0 if they have more than
   * seven decimals.
   */
  static double step(Tensor numbers) {
    boolean decimal = numbers.dtype() == DType.F64 || numbers.dtype() == DType.F32;
    if (!decimal || numbers.elements() < ENOUGH) {
      return 0;
    }
    for (int digits = FEWEST_DIGITS; digits <= MOST_DIGITS; digits++) {
      double scale = Math.pow(10, digits);
      if (isWhole(numbers, scale)) {
        return 1 / scale;
      }
    }
    return 0;
  }

  private static boolean isWhole(Tensor numbers, double scale) {
    for (int i = 0; i < numbers.elements(); i++) {
      double scaled = numbers.doubleAt(i) * scale;
      if (!(Math.abs(scaled - Math.rint(scaled)) <= SLACK)) {
        return false;
      }
    }
    return true;
  }
}
