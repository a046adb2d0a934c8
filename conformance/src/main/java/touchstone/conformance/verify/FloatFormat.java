package touchstone.conformance.verify;

import java.util.Arrays;
import java.util.Optional;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.tensor.DType;

/**
 * A floating-point type: numbers of some digits and exponents. Everything is computed exactly in
 * binary64, which holds every number of every type.
 */
public enum FloatFormat {
  /** binary16. */
  F16(DType.F16, 11, -14, 15),
  /** The upper half of binary32. */
  BF16(DType.BF16, 8, -126, 127),
  /** binary32. */
  F32(DType.F32, 24, -126, 127),
  /** binary64. */
  F64(DType.F64, 53, -1022, 1023);

  private final DType type;
  private final int digits;
  private final int least;
  private final int greatest;

  FloatFormat(DType type, int digits, int least, int greatest) {
    this.type = type;
    this.digits = digits;
    this.least = least;
    this.greatest = greatest;
  }

  /** The format of a tensor; empty if it does not hold floating-point numbers. */
  static Optional<FloatFormat> of(DType type) {
    return Arrays.stream(values()).filter(format -> format.type == type).findFirst();
  }

  /** What numbers of a profile are rounded to. */
  static FloatFormat of(NumericProfile profile) {
    return switch (profile) {
      case F32, F32_GROUPED, INT8 -> F32;
      case F16 -> F16;
      case BF16 -> BF16;
    };
  }

  /** Whether its numbers have at least as many digits as another's. */
  boolean isAsFineAs(FloatFormat other) {
    return digits >= other.digits;
  }

  /** The nearest number of this format, ties to even. */
  double round(double value) {
    if (!Double.isFinite(value)) {
      return value;
    }
    int step = step(value);
    double rounded = Math.scalb(Math.rint(Math.scalb(value, -step)), step);
    return Math.getExponent(rounded) > greatest
        ? Math.copySign(Double.POSITIVE_INFINITY, value)
        : rounded;
  }

  /** How many numbers lie between 0 and a finite number of this format, itself included; signed. */
  long order(double number) {
    int normal = Math.max(0, Math.getExponent(number) - least); // binades above the least
    long place = (long) Math.scalb(Math.abs(number), -step(number));
    long order = ((long) normal << (digits - 1)) + place;
    return number < 0 ? -order : order;
  }

  /** The distance from a finite number to the next larger in magnitude. */
  double ulp(double number) {
    return Math.scalb(1.0, step(number));
  }

  /** The exponent of the last digit of a number. */
  private int step(double number) {
    return Math.max(Math.getExponent(number), least) - digits + 1;
  }
}
