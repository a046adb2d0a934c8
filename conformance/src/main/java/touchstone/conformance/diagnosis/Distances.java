package touchstone.conformance.diagnosis;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.suite.Accept;
import touchstone.conformance.suite.ExpectedOutput;
import touchstone.conformance.suite.Value;
import touchstone.conformance.verify.Elements;
import touchstone.tensor.Tensor;

/**
 * Distances between answers to one question, in the bounds that a vector sets for a profile. Symmetric,
 * so an answer is as far from the truth as the truth from it.
 */
final class Distances {
  /** In bounds; farther is no other thing, and sums stay finite. */
  private static final double FAR = 1e9;

  private final NumericProfile profile;
  private final Map<Value, Gap> fromTruth = Collections.synchronizedMap(new IdentityHashMap<>());

  /**
   * In the bounds of a profile.
   *
   * @param profile how the runtime rounds
   */
  Distances(NumericProfile profile) {
    this.profile = profile;
  }

  NumericProfile profile() {
    return profile;
  }

  /** Whether the profile has bounds for an output, or none are needed. */
  boolean judges(ExpectedOutput expected) {
    return switch (expected.accept()) {
      case Accept.Bits _, Accept.Either _, Accept.Tokens _ -> true;
      case Accept.Spread _, Accept.Gauge _, Accept.Ulp _ ->
          Bounds.of(expected.accept(), profile).isPresent();
    };
  }

  /** From an answer to what is right; of several that are, the nearest. */
  Gap toTruth(ExpectedOutput expected, Value answer) {
    Gap known = fromTruth.get(answer);
    if (known == null) {
      known = measured(expected, answer);
      fromTruth.put(answer, known);
    }
    return known;
  }

  private Gap measured(ExpectedOutput expected, Value answer) {
    if (expected.accept() instanceof Accept.Either(List<Value> values)) {
      return values.stream()
          .map(value -> between(expected, value, answer))
          .min(Comparator.comparingDouble(Gap::square))
          .orElse(Gap.NONE);
    }
    return between(expected, expected.value(), answer);
  }

  /** Between two answers. */
  Gap between(ExpectedOutput expected, Value one, Value other) {
    if (one instanceof Value.Numbers(Tensor a) && other instanceof Value.Numbers(Tensor b)) {
      return numbers(expected.accept(), a, b);
    }
    if (one instanceof Value.Sparse a && other instanceof Value.Sparse b) {
      return sparse(expected.accept(), a, b);
    }
    if (one instanceof Value.Data(JsonNode a) && other instanceof Value.Data(JsonNode b)) {
      return Gap.share(differing(a, b, decided(expected.accept())));
    }
    return Gap.share(1);
  }

  private Gap numbers(Accept accept, Tensor one, Tensor other) {
    if (!one.shape().equals(other.shape())) {
      return Gap.share(1);
    }
    if (accept instanceof Accept.Bits || accept instanceof Accept.Either) {
      return Gap.share(unequal(one, other));
    }
    double step = Math.max(Printed.step(one), Printed.step(other));
    return Bounds.of(accept, profile)
        .map(bounds -> differences(step == 0 ? bounds : bounds.and(step), one, other))
        .orElse(Gap.NONE);
  }

  private static double unequal(Tensor one, Tensor other) {
    double[] a = Elements.values(one);
    double[] b = Elements.values(other);
    int unequal = 0;
    for (int i = 0; i < a.length; i++) {
      unequal += isSame(a[i], b[i]) ? 0 : 1;
    }
    return a.length == 0 ? 0 : (double) unequal / a.length;
  }

  /** Also two that are no numbers, and two zeros of any sign. */
  private static boolean isSame(double a, double b) {
    return a == b || Double.compare(a, b) == 0;
  }

  private static Gap differences(Bounds bounds, Tensor one, Tensor other) {
    double[] a = Elements.values(one);
    double[] b = Elements.values(other);
    Sum sum = new Sum();
    for (int i = 0; i < a.length; i++) {
      sum.add(a[i], b[i], bounds.of(i, a[i]));
    }
    return sum.gap();
  }

  /** Adds up differences of numbers. */
  private static final class Sum {
    private double square;
    private double raw;
    private double absolute;

    void add(double a, double b, double bound) {
      double difference = isSame(a, b) ? 0 : Math.abs(a - b);
      difference = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
      double ratio = Math.min(difference / bound, FAR);
      absolute = Math.max(absolute, difference);
      raw += ratio * ratio;
      square += ratio <= 1 ? 0 : ratio * ratio;
    }

    Gap gap() {
      return new Gap(square, raw, absolute, false);
    }
  }

  /** What only one of the two names is no likelier than the least that the other names. */
  private Gap sparse(Accept accept, Value.Sparse one, Value.Sparse other) {
    double step = Math.max(Printed.step(one.values()), Printed.step(other.values()));
    Optional<Bounds> bounds = Bounds.of(accept, profile).map(b -> step == 0 ? b : b.and(step));
    if (bounds.isEmpty()) {
      return Gap.NONE;
    }
    Sum sum = new Sum();
    addNamed(sum, one, other, bounds.get(), true);
    addNamed(sum, other, one, bounds.get(), false);
    return sum.gap();
  }

  private static void addNamed(
      Sum sum, Value.Sparse one, Value.Sparse other, Bounds bounds, boolean shared) {
    Map<Integer, Double> named = new HashMap<>();
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < other.ids().length; i++) {
      double value = Elements.value(other.values(), i);
      named.put(other.ids()[i], value);
      least = Math.min(least, value);
    }
    for (int i = 0; i < one.ids().length; i++) {
      double value = Elements.value(one.values(), i);
      Double same = named.get(one.ids()[i]);
      if (same == null) {
        sum.add(value, Math.min(value, least), bounds.of(i, value));
      } else if (shared) {
        sum.add(value, same, bounds.of(i, value));
      }
    }
  }

  /** How many steps of a continuation rounding does not decide; all, of anything else. */
  private int decided(Accept accept) {
    if (!(accept instanceof Accept.Tokens(Tensor margins, int factor, var spread))) {
      return Integer.MAX_VALUE;
    }
    double bound = 2 * factor * spread.getOrDefault(profile.label(), Double.POSITIVE_INFINITY);
    int step = 0;
    while (step < margins.elements() && Elements.value(margins, step) > bound) {
      step++;
    }
    return step == margins.elements() ? Integer.MAX_VALUE : step;
  }

  /** Lists and texts part at some place, and all that follows differs. */
  private static double differing(JsonNode one, JsonNode other, int decided) {
    if (one.isArray() && other.isArray()) {
      int length = Math.min(decided, Math.max(one.size(), other.size()));
      int same = 0;
      while (same < length && one.path(same).equals(other.path(same))) {
        same++;
      }
      return length == 0 ? 0 : (double) (length - same) / length;
    }
    return one.equals(other) ? 0 : 1;
  }
}
