package touchstone.conformance.suite;

import java.util.List;
import java.util.Map;
import touchstone.tensor.Tensor;

/**
 * When an output passes. A small closed set, so that nobody invents a tolerance for the case at hand;
 * docs/spec/tolerance.md defines each.
 */
public sealed interface Accept {
  /** Identical: bits of numbers, equality of everything else. */
  record Bits() implements Accept {}

  /**
   * No further off than so many units in the last place of the output's type.
   *
   * @param max at least 0
   */
  record Ulp(int max) implements Accept {}

  /**
   * {@code |e - a| <= gamma(terms) * gauge}, a theorem for any order of additions.
   *
   * @param terms roundings that a term passes through at most
   * @param gauge sum of the magnitudes of the terms, one per element of the output
   */
  record Gauge(int terms, Tensor gauge) implements Accept {}

  /**
   * Identical to one of several, each of which is right.
   *
   * @param values not empty
   */
  record Either(List<Value> values) implements Accept {
    public Either {
      values = List.copyOf(values);
    }
  }

  /**
   * {@code |e - a| <= factor * spread}, with the spread that honest evaluations of the same numeric
   * profile showed.
   *
   * @param spread by {@linkplain touchstone.conformance.runtime.NumericProfile#label() profile}
   */
  record Spread(int factor, Map<String, Double> spread) implements Accept {
    public Spread {
      spread = Map.copyOf(spread);
    }
  }

  /**
   * Equal ids up to the first step that the profile's rounding leaves undecided: whose margin is at
   * most {@code 2 * factor * spread}.
   *
   * @param margins best logit less the second, one per step
   * @param spread of the logits, by profile
   */
  record Tokens(Tensor margins, int factor, Map<String, Double> spread) implements Accept {
    public Tokens {
      spread = Map.copyOf(spread);
    }
  }
}
