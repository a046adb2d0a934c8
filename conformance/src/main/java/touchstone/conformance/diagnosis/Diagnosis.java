package touchstone.conformance.diagnosis;

import java.util.List;
import touchstone.conformance.mutant.Mutant;
import touchstone.conformance.runtime.NumericProfile;

/** What is the matter with a runtime, as far as its answers tell. */
public sealed interface Diagnosis {
  /** It departs from the specification nowhere; no mistake is called for. */
  record Sound() implements Diagnosis {}

  /**
   * A mistake, or two at once, explain most of the departure.
   *
   * @param best the best explanation
   * @param group all mistakes that would have given the same answers, to rounding; the best among them.
   *     Empty for two at once
   * @param others the best explanations outside the group, best first
   */
  record Explained(Explanation best, List<Mutant> group, List<Explanation> others)
      implements Diagnosis {
    public Explained {
      group = List.copyOf(group);
      others = List.copyOf(others);
    }

    /** By how much the next explanation is worse; 1 is certain. */
    public double confidence() {
      return best.share() - others.stream().mapToDouble(Explanation::share).findFirst().orElse(0);
    }
  }

  /**
   * No mistake is called for: all answers are within the bounds of a profile that rounds more than the
   * declared one.
   *
   * @param profile the first such
   * @param nearest the best explanations, which explain half of the departure or less; best first
   */
  record Coarser(NumericProfile profile, List<Explanation> nearest) implements Diagnosis {
    public Coarser {
      nearest = List.copyOf(nearest);
    }
  }

  /**
   * None of the known mistakes explains it.
   *
   * @param nearest the best explanations, which explain half of the departure or less; best first
   */
  record Unexplained(List<Explanation> nearest) implements Diagnosis {
    public Unexplained {
      nearest = List.copyOf(nearest);
    }
  }
}
