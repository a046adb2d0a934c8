package touchstone.conformance.report;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import touchstone.conformance.verify.Bisector;
import touchstone.conformance.verify.Conclusion;
import touchstone.conformance.verify.Ending;
import touchstone.conformance.verify.KnownFailures.Disagreement;
import touchstone.conformance.verify.Result;
import touchstone.error.Fault;

/**
 * A run and everything that is said about it.
 *
 * @param results in the order in which vectors were asked
 * @param disagreements with a list of known failures, if one was given
 * @param bisection where the forward pass goes wrong, if that was asked
 * @param diagnosis which known mistake explains what was seen, a sentence a line; empty if none
 * @param took the whole run
 */
public record Report(
    Heading heading,
    List<Result> results,
    Conclusion conclusion,
    Optional<List<Disagreement>> disagreements,
    Optional<Bisector.Outcome> bisection,
    List<String> diagnosis,
    Duration took) {
  public Report {
    Objects.requireNonNull(heading, "heading");
    results = List.copyOf(results);
    disagreements = disagreements.map(List::copyOf);
    diagnosis = List.copyOf(diagnosis);
  }

  /** The results that count as wrong. */
  public List<Result> failures() {
    return results.stream().filter(result -> result.verdict().isFailure()).toList();
  }

  /** The exit code of the command. */
  public int exitCode() {
    return switch (conclusion.ending()) {
      case Ending.Unusable _ -> Fault.PROTOCOL.exitCode();
      case Ending.Complete _, Ending.FirstFailure _ -> isAsItShouldBe() ? 0 : 1;
    };
  }

  private boolean isAsItShouldBe() {
    if (disagreements.isPresent()) {
      return disagreements.get().isEmpty() && conclusion.ending() instanceof Ending.Complete;
    }
    return conclusion.whole() ? conclusion.conforms() : conclusion.isClean();
  }
}
