package touchstone.conformance.verify;

import java.util.List;
import java.util.Objects;

/**
 * How far one number is from the truth.
 *
 * @param index its place in the output, outermost first
 * @param expected the truth
 * @param actual what came back
 * @param error {@code |actual - expected|}, NaN where one of them is not a number
 * @param bound the largest error that passes
 * @param ratio how much of what passes is used: above 1 it does not
 */
public record Deviation(
    List<Long> index, Number expected, Number actual, double error, double bound, double ratio) {
  /**
   * A number and how it is stored.
   *
   * @param bits hexadecimal digits
   */
  public record Number(double value, String bits) {
    public Number {
      Objects.requireNonNull(bits, "bits");
    }
  }

  public Deviation {
    index = List.copyOf(index);
    Objects.requireNonNull(expected, "expected");
    Objects.requireNonNull(actual, "actual");
  }

  /** Whether this passes. */
  public boolean within() {
    return ratio <= 1;
  }
}
