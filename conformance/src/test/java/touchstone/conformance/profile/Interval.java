package touchstone.conformance.profile;

import touchstone.conformance.oracle.Bounded;
import touchstone.conformance.oracle.Rounding;

/** What a result may be: no less than one number and no more than another. */
record Interval(double low, double high) {
  Interval {
    if (!(low <= high)) {
      throw new IllegalArgumentException("no number is in [%s, %s]".formatted(low, high));
    }
  }

  static Interval of(Bounded bounded, int i) {
    return around(bounded.values()[i], bounded.bounds()[i]);
  }

  static Interval around(double value, double bound) {
    return new Interval(value - bound, value + bound);
  }

  static Interval[] of(Bounded bounded) {
    Interval[] all = new Interval[bounded.values().length];
    for (int i = 0; i < all.length; i++) {
      all[i] = of(bounded, i);
    }
    return all;
  }

  /** Rounding is monotone. */
  Interval round(HalfType type) {
    return new Interval(Grid.round(type, low), Grid.round(type, high));
  }

  Interval times(double factor) {
    double one = low * factor;
    double other = high * factor;
    return new Interval(Math.min(one, other), Math.max(one, other));
  }

  Interval plus(Interval other) {
    return new Interval(low + other.low, high + other.high);
  }

  /** After one rounding to binary32. */
  Interval single() {
    double bound = Rounding.UNIT * Math.max(Math.abs(low), Math.abs(high)) + Rounding.UNDERFLOW;
    return new Interval(low - bound, high + bound);
  }

  boolean contains(double value) {
    return low <= value && value <= high;
  }

  /** Whether only one number of the type is possible. */
  boolean isDecided() {
    return low == high;
  }
}
