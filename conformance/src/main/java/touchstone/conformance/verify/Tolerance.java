package touchstone.conformance.verify;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import touchstone.conformance.oracle.Rounding;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.suite.Accept;
import touchstone.tensor.Tensor;

/**
 * How far a number may be off.
 *
 * @rules TOL-7 TOL-8 TOL-9 TOL-10
 */
public sealed interface Tolerance {
  /** Largest absolute error that passes. */
  double bound(long element, double expected);

  /** Error in terms of what passes; 1 is the most. Both numbers are finite and differ. */
  default double ratio(long element, double expected, double actual) {
    return Math.abs(actual - expected) / bound(element, expected);
  }

  /** Nothing but the same number. */
  record Identical() implements Tolerance {
    @Override
    public double bound(long element, double expected) {
      return 0;
    }
  }

  /** So many units in the last place of a format, to which both numbers are rounded first. */
  record Units(int most, FloatFormat format) implements Tolerance {
    @Override
    public double bound(long element, double expected) {
      return most * format.ulp(expected);
    }

    @Override
    public double ratio(long element, double expected, double actual) {
      double truth = format.round(expected);
      double answer = format.round(actual);
      if (Double.isInfinite(truth) || Double.isInfinite(answer)) {
        return truth == answer ? 0 : Double.POSITIVE_INFINITY;
      }
      long distance = Math.abs(format.order(answer) - format.order(truth));
      return distance == 0 ? 0 : (double) distance / most;
    }
  }

  /** {@code gamma * gauge}, element by element. */
  record Gauged(double gamma, Tensor gauge) implements Tolerance {
    @Override
    public double bound(long element, double expected) {
      return gamma * Elements.value(gauge, element);
    }
  }

  /** The same everywhere. */
  record Within(double bound) implements Tolerance {
    @Override
    public double bound(long element, double expected) {
      return bound;
    }
  }

  /** What {@code gauge} means for a profile; empty if its rounding has no useful theorem. */
  static Optional<Tolerance> of(Accept.Gauge accept, NumericProfile profile) {
    return profile.unitRoundoff().stream()
        .filter(unit -> accept.terms() * unit < 0.5)
        .mapToObj(unit -> (Tolerance) gauged(accept, unit))
        .findFirst();
  }

  private static Gauged gauged(Accept.Gauge accept, double unit) {
    return new Gauged(Rounding.gamma(accept.terms(), unit), accept.gauge());
  }

  /** The bound that a measured spread gives a profile; empty if it was not measured. */
  static OptionalDouble of(int factor, Map<String, Double> spread, NumericProfile profile) {
    Double measured = spread.get(profile.label());
    return measured == null ? OptionalDouble.empty() : OptionalDouble.of(factor * measured);
  }
}
