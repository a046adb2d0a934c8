package touchstone.conformance.verify;

import java.util.List;
import java.util.Optional;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.suite.Accept;
import touchstone.conformance.suite.Value;
import touchstone.conformance.verify.Finding.Kind;
import touchstone.tensor.Tensor;

/**
 * Compares numbers with the truth, each with its own bound. The worst decides: no average hides it.
 *
 * @rules TOL-7 TOL-8 TOL-9 TOL-10 TOL-11
 */
final class NumberJudge {
  private final NumericProfile profile;

  NumberJudge(NumericProfile profile) {
    this.profile = profile;
  }

  Verdict judge(String output, Tensor truth, Accept accept, Tensor actual) {
    return form(output, truth, accept, actual)
        .<Verdict>map(finding -> new Verdict.Failed(finding, List.of()))
        .orElseGet(() -> formed(output, truth, accept, actual));
  }

  private Verdict formed(String output, Tensor truth, Accept accept, Tensor actual) {
    return switch (accept) {
      case Accept.Bits _ -> compared(output, truth, actual, new Tolerance.Identical());
      case Accept.Ulp(int most) ->
          compared(output, truth, actual, new Tolerance.Units(most, coarser(truth, actual)));
      case Accept.Gauge gauge ->
          Tolerance.of(gauge, profile)
              .map(bound -> compared(output, truth, actual, bound))
              .orElseGet(this::unbounded);
      case Accept.Spread(int factor, var spread) -> {
        var bound = Tolerance.of(factor, spread, profile);
        yield bound.isEmpty()
            ? unbounded()
            : compared(output, truth, actual, new Tolerance.Within(bound.getAsDouble()));
      }
      case Accept.Either(List<Value> values) -> either(output, values, actual);
      case Accept.Tokens _ -> throw new IllegalArgumentException(output + ": tokens are no tensor");
    };
  }

  private Verdict unbounded() {
    return new Verdict.Skipped("no bound for profile " + profile.label());
  }

  private Verdict either(String output, List<Value> values, Tensor actual) {
    List<Verdict> verdicts =
        values.stream()
            .map(value -> judge(output, tensor(value), new Accept.Bits(), actual))
            .toList();
    return verdicts.stream()
        .filter(verdict -> !verdict.isFailure())
        .findFirst()
        .orElseGet(verdicts::getFirst);
  }

  private static Tensor tensor(Value value) {
    return ((Value.Numbers) value).tensor();
  }

  /** What is wrong before any number is looked at. */
  private Optional<Finding> form(String output, Tensor truth, Accept accept, Tensor actual) {
    String expected = Elements.form(truth);
    String found = Elements.form(actual);
    if (!isOfType(truth, accept, actual)) {
      String wanted =
          Elements.isInteger(truth.dtype())
              ? "whole numbers"
              : "floats at least as fine as profile " + profile.label();
      String sentence = "%s is %s, expected %s".formatted(output, found, wanted);
      return Optional.of(Finding.of(Kind.TYPE, output, sentence, expected, found));
    }
    if (!truth.shape().equals(actual.shape())) {
      String sentence = "%s has shape %s, expected %s";
      return Optional.of(
          Finding.of(
              Kind.SHAPE,
              output,
              sentence.formatted(output, actual.shape(), truth.shape()),
              expected,
              found));
    }
    return Optional.empty();
  }

  private boolean isOfType(Tensor truth, Accept accept, Tensor actual) {
    if (Elements.isInteger(truth.dtype())) {
      return Elements.isInteger(actual.dtype());
    }
    boolean exact = accept instanceof Accept.Bits || accept instanceof Accept.Either;
    return FloatFormat.of(actual.dtype())
        .filter(format -> exact || format.isAsFineAs(FloatFormat.of(profile)))
        .isPresent();
  }

  private static FloatFormat coarser(Tensor truth, Tensor actual) {
    FloatFormat one = FloatFormat.of(truth.dtype()).orElseThrow();
    FloatFormat other = FloatFormat.of(actual.dtype()).orElseThrow();
    return one.isAsFineAs(other) ? other : one;
  }

  private static Verdict compared(String output, Tensor truth, Tensor actual, Tolerance tolerance) {
    long worst = -1;
    double most = -1;
    for (long i = 0; i < truth.elements() && most < Double.POSITIVE_INFINITY; i++) {
      double ratio = ratio(tolerance, i, Elements.value(truth, i), Elements.value(actual, i));
      if (ratio > most) {
        most = ratio;
        worst = i;
      }
    }
    if (worst < 0) {
      return new Verdict.Passed(List.of(), Optional.empty()); // no elements, and none came
    }
    return verdict(output, deviation(truth, actual, tolerance, worst, most));
  }

  /** The ratio of any two numbers, finite or not. */
  static double ratio(Tolerance tolerance, long element, double expected, double actual) {
    if (tolerance instanceof Tolerance.Identical) {
      return Double.doubleToLongBits(expected) == Double.doubleToLongBits(actual)
          ? 0
          : Double.POSITIVE_INFINITY;
    }
    if (!Double.isFinite(expected) || !Double.isFinite(actual)) {
      return Double.compare(expected, actual) == 0 ? 0 : Double.POSITIVE_INFINITY;
    }
    return expected == actual ? 0 : tolerance.ratio(element, expected, actual);
  }

  private static Deviation deviation(
      Tensor truth, Tensor actual, Tolerance tolerance, long element, double ratio) {
    double expected = Elements.value(truth, element);
    double found = Elements.value(actual, element);
    return new Deviation(
        Elements.index(truth, element),
        new Deviation.Number(expected, Elements.bits(truth, element)),
        new Deviation.Number(found, Elements.bits(actual, element)),
        expected == found ? 0 : Math.abs(found - expected),
        tolerance.bound(element, expected),
        ratio);
  }

  /** Whether the worst number of an output passes. */
  static Verdict verdict(String output, Deviation worst) {
    List<Verdict.Measured> measured = List.of(new Verdict.Measured(output, worst));
    if (worst.within()) {
      return new Verdict.Passed(measured, Optional.empty());
    }
    boolean nan = Double.isNaN(worst.actual().value()) != Double.isNaN(worst.expected().value());
    Finding finding =
        new Finding(
            nan ? Kind.NAN : Kind.VALUE,
            output,
            Figures.deviation(output, worst),
            Figures.number(worst.expected().value()),
            Figures.number(worst.actual().value()),
            Optional.of(worst));
    return new Verdict.Failed(finding, measured);
  }
}
