package touchstone.conformance.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import touchstone.conformance.suite.Note;
import touchstone.conformance.suite.Vector;
import touchstone.conformance.verify.Deviation;
import touchstone.conformance.verify.Figures;
import touchstone.conformance.verify.Finding;
import touchstone.conformance.verify.Result;
import touchstone.conformance.verify.Verdict;

/** What a failure says of itself: what is wrong, what the vector is there for, and how to ask again. */
final class FailureText {
  /** More rules than this say "a whole model", and are not listed one by one. */
  private static final int FEW_RULES = 4;

  private FailureText() {}

  /** Id, level, rules and flags. */
  static String head(Result result) {
    Vector vector = result.vector();
    String flags =
        vector.notes().stream().map(Note::flag).collect(Collectors.joining(", ", "[", "]"));
    return "%s  %s  %s  %s"
        .formatted(
            vector.id(),
            vector.level().label(),
            isOfFewRules(vector)
                ? String.join(" ", vector.rules())
                : Figures.count(vector.rules().size(), "rule"),
            vector.notes().isEmpty() ? "" : flags)
        .stripTrailing();
  }

  /** What is wrong, bits included. */
  static List<String> findings(Result result) {
    List<String> lines = new ArrayList<>();
    result.verdict().sentence().ifPresent(lines::add);
    if (result.verdict() instanceof Verdict.Failed(Finding finding, _)) {
      finding.worst().map(FailureText::bits).ifPresent(lines::add);
    }
    return lines;
  }

  private static String bits(Deviation worst) {
    return "bits %s, expected %s; %s times the bound"
        .formatted(
            worst.actual().bits(),
            worst.expected().bits().isEmpty() ? "unlisted" : worst.expected().bits(),
            Figures.size(worst.ratio()));
  }

  /** What the vector is there for. */
  static List<String> notes(Vector vector) {
    List<String> lines = new ArrayList<>();
    for (Note note : vector.notes()) {
      lines.add("%s: %s %s".formatted(note.flag(), note.description(), note.effect()));
    }
    return lines;
  }

  /** Where its rules are defined: each, or their pages if they are many. */
  static String rules(Vector vector) {
    return vector.rules().stream()
        .map(SpecLink::of)
        .map(link -> isOfFewRules(vector) ? link : link.substring(0, link.indexOf('#')))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static boolean isOfFewRules(Vector vector) {
    return vector.rules().size() <= FEW_RULES;
  }
}
