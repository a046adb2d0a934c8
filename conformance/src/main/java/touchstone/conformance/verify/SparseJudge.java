package touchstone.conformance.verify;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.suite.Accept;
import touchstone.conformance.suite.Value;
import touchstone.conformance.verify.Finding.Kind;
import touchstone.tensor.Tensor;

/**
 * Compares the likeliest few of many: each value with the truth at its place, and no place left out
 * that is surely among them. A server may tell fewer than it was asked for.
 *
 * @rules TOL-13
 */
final class SparseJudge {
  private final NumericProfile profile;

  SparseJudge(NumericProfile profile) {
    this.profile = profile;
  }

  Verdict judge(String output, Value.Sparse truth, Accept accept, Value.Sparse actual) {
    if (!(accept instanceof Accept.Spread(int factor, var spread))) {
      throw new IllegalArgumentException(output + ": values at places have a spread");
    }
    OptionalDouble bound = Tolerance.of(factor, spread, profile);
    if (bound.isEmpty()) {
      return new Verdict.Skipped("no bound for profile " + profile.label());
    }
    return form(output, actual)
        .<Verdict>map(finding -> new Verdict.Failed(finding, List.of()))
        .orElseGet(
            () -> compared(output, truth, actual, new Tolerance.Within(bound.getAsDouble())));
  }

  private static Optional<Finding> form(String output, Value.Sparse actual) {
    Set<Integer> ids = new HashSet<>();
    for (int id : actual.ids()) {
      if (!ids.add(id)) {
        String sentence = "%s names id %d twice".formatted(output, id);
        return Optional.of(
            Finding.of(Kind.DATA, output, sentence, "each id once", String.valueOf(id)));
      }
    }
    return ids.isEmpty()
        ? Optional.of(
            Finding.of(Kind.MISSING, output, output + " is empty", "at least one id", "none"))
        : Optional.empty();
  }

  private static Verdict compared(
      String output, Value.Sparse truth, Value.Sparse actual, Tolerance.Within tolerance) {
    Map<Integer, Integer> places = new HashMap<>();
    for (int i = 0; i < truth.ids().length; i++) {
      places.put(truth.ids()[i], i);
    }
    double leastTrue = least(truth.values());
    Deviation worst = null;
    for (int i = 0; i < actual.ids().length; i++) {
      Integer place = places.get(actual.ids()[i]);
      Deviation here = deviation(truth, place, leastTrue, actual, i, tolerance);
      worst = worst == null || here.ratio() > worst.ratio() ? here : worst;
    }
    Verdict verdict = NumberJudge.verdict(output, worst);
    return verdict.isFailure()
        ? verdict
        : leftOut(output, truth, actual, tolerance.bound()).orElse(verdict);
  }

  /** An id that the truth does not list may be as likely as the least that it lists, and no more. */
  private static Deviation deviation(
      Value.Sparse truth,
      Integer place,
      double leastTrue,
      Value.Sparse actual,
      int i,
      Tolerance.Within tolerance) {
    double found = Elements.value(actual.values(), i);
    double unlisted = found <= leastTrue ? found : leastTrue;
    double expected = place == null ? unlisted : Elements.value(truth.values(), place);
    String bits = place == null ? "" : Elements.bits(truth.values(), place);
    return new Deviation(
        List.of((long) actual.ids()[i]),
        new Deviation.Number(expected, bits),
        new Deviation.Number(found, Elements.bits(actual.values(), i)),
        expected == found ? 0 : Math.abs(found - expected),
        tolerance.bound(),
        NumberJudge.ratio(tolerance, i, expected, found));
  }

  /** An id that is missing although it is likelier than one that is there, beyond rounding. */
  private static Optional<Verdict> leftOut(
      String output, Value.Sparse truth, Value.Sparse actual, double bound) {
    Set<Integer> there = new HashSet<>();
    for (int id : actual.ids()) {
      there.add(id);
    }
    double least = least(actual.values());
    for (int i = 0; i < truth.ids().length; i++) {
      double expected = Elements.value(truth.values(), i);
      if (!there.contains(truth.ids()[i]) && expected - bound > least) {
        String value = Figures.number(expected);
        String sentence =
            "%s leaves out id %d, whose value is %s, and lists one of %s"
                .formatted(output, truth.ids()[i], value, Figures.number(least));
        return Optional.of(
            new Verdict.Failed(
                Finding.of(Kind.DATA, output, sentence, value, "left out"), List.of()));
      }
    }
    return Optional.empty();
  }

  private static double least(Tensor values) {
    double least = Double.POSITIVE_INFINITY;
    for (long i = 0; i < values.elements(); i++) {
      least = Math.min(least, Elements.value(values, i));
    }
    return least;
  }
}
