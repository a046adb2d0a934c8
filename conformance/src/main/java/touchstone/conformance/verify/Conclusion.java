package touchstone.conformance.verify;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import touchstone.conformance.suite.Level;

/**
 * What the results of a run amount to.
 *
 * @param tallies by level
 * @param ending how the run ended
 * @param whole whether every vector of the suite was chosen
 * @rules TOL-15
 */
public record Conclusion(Map<Level, Tally> tallies, Ending ending, boolean whole) {
  /** How many vectors got which verdict. */
  public record Tally(int passed, int acceptable, int failed, int broken, int skipped) {
    static final Tally NONE = new Tally(0, 0, 0, 0, 0);

    /** The tally of some results. */
    public static Tally of(List<Result> results) {
      return results.stream().map(Result::verdict).map(Tally::of).reduce(NONE, Tally::plus);
    }

    private static Tally of(Verdict verdict) {
      return switch (verdict) {
        case Verdict.Passed _ -> new Tally(1, 0, 0, 0, 0);
        case Verdict.Acceptable _ -> new Tally(0, 1, 0, 0, 0);
        case Verdict.Failed _ -> new Tally(0, 0, 1, 0, 0);
        case Verdict.Broken _ -> new Tally(0, 0, 0, 1, 0);
        case Verdict.Skipped _ -> new Tally(0, 0, 0, 0, 1);
      };
    }

    private Tally plus(Tally other) {
      return new Tally(
          passed + other.passed,
          acceptable + other.acceptable,
          failed + other.failed,
          broken + other.broken,
          skipped + other.skipped);
    }

    /** Vectors that were judged. */
    public int judged() {
      return good() + bad();
    }

    /** Vectors on which the runtime does as it may. */
    public int good() {
      return passed + acceptable;
    }

    /** Vectors that it fails. */
    public int bad() {
      return failed + broken;
    }

    /** All vectors. */
    public int all() {
      return judged() + skipped;
    }
  }

  public Conclusion {
    tallies = Map.copyOf(tallies);
  }

  /** The conclusion of a run. */
  public static Conclusion of(Verifier.Run run, boolean whole) {
    Map<Level, Tally> tallies = new EnumMap<>(Level.class);
    for (Level level : Level.values()) {
      tallies.put(
          level,
          Tally.of(
              run.results().stream().filter(result -> result.vector().level() == level).toList()));
    }
    return new Conclusion(tallies, run.ending(), whole);
  }

  /** The tally of the level that decides. */
  public Tally required() {
    return tallies.get(Level.REQUIRED);
  }

  /** Whether no required vector failed, some passed, and all were asked that were chosen. */
  public boolean conforms() {
    return ending instanceof Ending.Complete && required().bad() == 0 && required().good() > 0;
  }

  /** Whether what was chosen was judged, and no required vector failed. */
  public boolean isClean() {
    return ending instanceof Ending.Complete
        && required().bad() == 0
        && tallies.values().stream().anyMatch(tally -> tally.judged() > 0);
  }

  /** Why vectors were skipped, and how many for each reason. */
  public static Map<String, Integer> skips(List<Result> results) {
    Map<String, Integer> skips = new TreeMap<>();
    for (Result result : results) {
      if (result.verdict() instanceof Verdict.Skipped(String reason)) {
        skips.merge(reason, 1, Integer::sum);
      }
    }
    return skips;
  }
}
