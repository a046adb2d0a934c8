package touchstone.conformance.verify;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What became of a vector. */
public sealed interface Verdict {
  /**
   * The worst number of an output.
   *
   * @param output its name
   */
  record Measured(String output, Deviation worst) {
    public Measured {
      Objects.requireNonNull(output, "output");
      Objects.requireNonNull(worst, "worst");
    }
  }

  /**
   * Right.
   *
   * @param measured how far its outputs are off, where that was measured
   * @param remark what could be better and does not decide
   */
  record Passed(List<Measured> measured, Optional<String> remark) implements Verdict {
    public Passed {
      measured = List.copyOf(measured);
    }
  }

  /** Neither right nor wrong: honest runtimes differ here. */
  record Acceptable(String why, List<Measured> measured) implements Verdict {
    public Acceptable {
      measured = List.copyOf(measured);
    }
  }

  /** Wrong. */
  record Failed(Finding finding, List<Measured> measured) implements Verdict {
    public Failed {
      Objects.requireNonNull(finding, "finding");
      measured = List.copyOf(measured);
    }
  }

  /** No answer; counts as wrong. */
  record Broken(String what) implements Verdict {}

  /** Not asked, or not to be judged; decides nothing. */
  record Skipped(String reason) implements Verdict {}

  /** The name in reports. */
  default String label() {
    return switch (this) {
      case Passed _ -> "passed";
      case Acceptable _ -> "acceptable";
      case Failed _ -> "failed";
      case Broken _ -> "broken";
      case Skipped _ -> "skipped";
    };
  }

  /** Whether a conforming runtime may not get this. */
  default boolean isFailure() {
    return switch (this) {
      case Failed _, Broken _ -> true;
      case Passed _, Acceptable _, Skipped _ -> false;
    };
  }

  /** Why it failed, in words that are the same on every machine; empty unless it did. */
  default Optional<String> failure() {
    return switch (this) {
      case Failed(Finding finding, _) -> Optional.of(finding.reason());
      case Broken _ -> Optional.of("broken");
      case Passed _, Acceptable _, Skipped _ -> Optional.empty();
    };
  }

  /** What there is to say about it. */
  default Optional<String> sentence() {
    return switch (this) {
      case Passed(_, Optional<String> remark) -> remark;
      case Acceptable(String why, _) -> Optional.of(why);
      case Failed(Finding finding, _) -> Optional.of(finding.sentence());
      case Broken(String what) -> Optional.of(what);
      case Skipped(String reason) -> Optional.of(reason);
    };
  }

  /** How far the outputs are off, where that was measured; in the order of the vector. */
  default List<Measured> measurements() {
    return switch (this) {
      case Passed(List<Measured> measured, _) -> measured;
      case Acceptable(_, List<Measured> measured) -> measured;
      case Failed(_, List<Measured> measured) -> measured;
      case Broken _, Skipped _ -> List.of();
    };
  }
}
