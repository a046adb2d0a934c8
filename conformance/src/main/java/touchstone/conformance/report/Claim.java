package touchstone.conformance.report;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import touchstone.conformance.suite.Level;
import touchstone.conformance.verify.Conclusion;
import touchstone.conformance.verify.Conclusion.Tally;
import touchstone.conformance.verify.Ending;
import touchstone.conformance.verify.Figures;
import touchstone.conformance.verify.Result;

/** One sentence that people can paste: who, against what, with which result, and what was left out. */
public final class Claim {
  private Claim() {}

  /** The sentence. */
  public static String of(Report report) {
    String runtime = report.heading().runtimeName();
    String suite = report.heading().suiteName();
    return switch (report.conclusion().ending()) {
      case Ending.Unusable(String sentence) ->
          "%s could not be examined with %s: %s.".formatted(runtime, suite, sentence);
      case Ending.FirstFailure _ ->
          "%s does not conform to %s: the run stopped at the first failure of a required vector."
              .formatted(runtime, suite);
      case Ending.Complete _ ->
          "%s %s %s: %s.".formatted(runtime, verb(report.conclusion()), suite, counts(report));
    };
  }

  /** A few words for a banner. */
  public static String brief(Report report) {
    return switch (report.conclusion().ending()) {
      case Ending.Unusable _ -> "could not be examined";
      case Ending.FirstFailure _ -> "does not conform";
      case Ending.Complete _ -> verb(report.conclusion()).replaceAll(" (to|of)$", "");
    };
  }

  private static String verb(Conclusion conclusion) {
    if (!conclusion.whole()) {
      return conclusion.isClean() ? "passes a part of" : "fails a part of";
    }
    return conclusion.conforms() ? "conforms to" : "does not conform to";
  }

  private static String counts(Report report) {
    Tally required = report.conclusion().required();
    return "%s passed, %d failed, %d skipped%s"
        .formatted(
            Figures.count(required.good(), "required vector"),
            required.bad(),
            required.skipped(),
            skips(report.results()));
  }

  /** Why required vectors were skipped, the commonest reasons first. */
  private static String skips(List<Result> results) {
    Map<String, Integer> reasons =
        Conclusion.skips(
            results.stream().filter(result -> result.vector().level() == Level.REQUIRED).toList());
    return reasons.isEmpty()
        ? ""
        : reasons.entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
            .limit(3)
            .map(reason -> "%s: %d".formatted(reason.getKey(), reason.getValue()))
            .collect(Collectors.joining("; ", " (", reasons.size() > 3 ? "; ...)" : ")"));
  }
}
