package touchstone.conformance.diagnosis;

import java.util.Map;
import java.util.Optional;
import touchstone.conformance.oracle.Rounding;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.suite.Accept;
import touchstone.tensor.Tensor;

/** How far rounding of a profile may bring a number from the truth. */
@FunctionalInterface
interface Bounds {
  /** Of one element, above 0. */
  double of(long element, double truth);

  /** What a tolerance allows; empty if it says nothing of this profile. */
  static Optional<Bounds> of(Accept accept, NumericProfile profile) {
    return switch (accept) {
      case Accept.Spread(int factor, Map<String, Double> spread) ->
          Optional.ofNullable(spread.get(profile.label()))
              .map(measured -> (element, truth) -> Math.max(factor * measured, Double.MIN_NORMAL));
      case Accept.Gauge(int terms, Tensor gauge) ->
          profile.unitRoundoff().stream()
              .mapToObj(unit -> gauged(Rounding.gamma(terms, unit), gauge))
              .findFirst();
      case Accept.Ulp(int most) ->
          profile.unitRoundoff().stream()
              .mapToObj(
                  unit ->
                      (Bounds)
                          (element, truth) ->
                              Math.max(2 * most * unit * Math.abs(truth), Float.MIN_NORMAL))
              .findFirst();
      case Accept.Bits _, Accept.Either _, Accept.Tokens _ -> Optional.empty();
    };
  }

  private static Bounds gauged(double gamma, Tensor gauge) {
    return (element, truth) -> Math.max(gamma * gauge.doubleAt(element), Double.MIN_NORMAL);
  }

  /** With the step that numbers were printed in. */
  default Bounds and(double step) {
    return (element, truth) -> of(element, truth) + step / 2;
  }
}
