package touchstone.generate;

import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** Checks of option values; a fault names the option, the value found and the range. */
final class OptionRange {
  private OptionRange() {}

  /** A value that is above 0 and finite once it is rounded to a float, which is how it is used. */
  static void requirePositive(String option, double value, String hint) {
    float used = (float) value;
    if (!(used > 0) || Float.isInfinite(used)) {
      throw refused(
          option, value, "a number from " + Float.MIN_VALUE + " to " + Float.MAX_VALUE + hint);
    }
  }

  /** A value from 0 to 1. */
  static void requireShare(String option, double value, String hint) {
    if (!(value >= 0 && value <= 1)) {
      throw refused(option, value, "a number from 0 to 1" + hint);
    }
  }

  /** A whole number that is not below {@code least}. */
  static void requireAtLeast(String option, int value, int least, String hint) {
    if (value < least) {
      throw refused(option, value, "a whole number, " + least + " or more" + hint);
    }
  }

  static TouchstoneException refused(String option, Object found, String allowed) {
    return TouchstoneException.of(
        Fault.USAGE, option, found + " is out of range", "allowed: " + allowed);
  }
}
