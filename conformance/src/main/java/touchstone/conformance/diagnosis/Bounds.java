package touchstone.conformance.diagnosis;

import java.util.Map;
import java.util.Optional;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.suite.Accept;
import touchstone.conformance.verify.Tolerance;

/** How far rounding of a profile may bring a number from the truth. */
@FunctionalInterface
interface Bounds {
  /** Of one element, above 0. */
  double of(long element, double truth);

  /** What a tolerance allows; empty if it says nothing of this profile. */
  static Optional<Bounds> of(Accept accept, NumericProfile profile) {
    return switch (accept) {
      case Accept.Spread(int factor, Map<String, Double> spread) ->
          Tolerance.of(factor, spread, profile).stream()
              .mapToObj(bound -> of(new Tolerance.Within(bound)))
              .findFirst();
      case Accept.Gauge gauge -> Tolerance.of(gauge, profile).map(Bounds::of);
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

  private static Bounds of(Tolerance tolerance) {
    return (element, truth) -> Math.max(tolerance.bound(element, truth), Double.MIN_NORMAL);
  }

  /** With the step that numbers were printed in. */
  default Bounds and(double step) {
    return (element, truth) -> of(element, truth) + step / 2;
  }
}
