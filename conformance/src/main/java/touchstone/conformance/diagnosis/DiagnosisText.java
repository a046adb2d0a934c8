package touchstone.conformance.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import touchstone.conformance.diagnosis.Explanation.Shown;
import touchstone.conformance.mutant.Mutant;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.verify.Figures;

/** A diagnosis as people read it: one line for each thing there is to say. */
public final class DiagnosisText {
  private DiagnosisText() {}

  /** The lines; those after the first are in falling order of weight. */
  public static List<String> lines(Diagnosis diagnosis) {
    return switch (diagnosis) {
      case Diagnosis.Sound _ -> List.of("no known mistake is called for: nothing departs");
      case Diagnosis.Explained explained -> explained(explained);
      case Diagnosis.Coarser(NumericProfile profile, _) -> List.of(coarser(profile));
      case Diagnosis.Unexplained(List<Explanation> nearest) -> List.of(unexplained(nearest));
    };
  }

  private static List<String> explained(Diagnosis.Explained diagnosis) {
    Explanation best = diagnosis.best();
    List<String> lines = new ArrayList<>();
    lines.add(match(best));
    best.mistakes().forEach(mistake -> lines.add(described(mistake, best.mistakes().size() > 1)));
    List<Mutant> same =
        diagnosis.group().stream().filter(m -> !best.mistakes().contains(m)).toList();
    if (!same.isEmpty()) {
      lines.add("on these answers it cannot be told from " + names(same));
    }
    diagnosis.others().stream()
        .findFirst()
        .ifPresent(next -> lines.add("next: `%s` explains %s".formatted(next.id(), share(next))));
    return lines;
  }

  private static String match(Explanation best) {
    Shown shown = best.shown();
    String names = names(best.mistakes());
    String what = best.mistakes().size() == 1 ? "deviation " : "deviations ";
    String how =
        shown.numbers()
            ? "your %s match %s%s to %s (and the specification only to %s)"
                .formatted(
                    noun(shown.call()),
                    what,
                    names,
                    Figures.size(shown.toMistake()),
                    Figures.size(shown.toTruth()))
            : "your %s are those of %s%s in %d of %d vectors (and the specification's in %d)"
                .formatted(
                    noun(shown.call()),
                    what,
                    names,
                    shown.explained(),
                    shown.vectors(),
                    shown.vectors() - shown.departing());
    return best.matches() ? how : how + "; it explains " + share(best) + " of the departure";
  }

  private static String described(Mutant mistake, boolean named) {
    String links = mistake.links().isEmpty() ? "" : " See " + String.join(", ", mistake.links());
    return (named ? "`" + mistake.id() + "`: " : "")
        + "%s. %s Typical cause: %s%s"
            .formatted(mistake.title(), mistake.symptom(), mistake.cause(), links);
  }

  private static String coarser(NumericProfile profile) {
    return "no known mistake is called for: your answers are within the bounds of profile `%s`;"
            .formatted(profile.label())
        + " if the runtime rounds so, that is the profile to declare";
  }

  /** A mistake that explains nothing is not near. */
  private static String unexplained(List<Explanation> nearest) {
    Explanation best = nearest.getFirst();
    return Math.round(100 * best.share()) == 0
        ? "none of the known mistakes explains any of it"
        : "none of the known mistakes explains most of it; the nearest, `%s`, explains %s of the departure"
            .formatted(best.id(), share(best));
  }

  private static String names(List<Mutant> mistakes) {
    return mistakes.stream()
        .map(mistake -> "`" + mistake.id() + "`")
        .collect(Collectors.joining(", "));
  }

  private static String share(Explanation explanation) {
    return String.format(Locale.ROOT, "%.0f%%", 100 * explanation.share());
  }

  private static String noun(String call) {
    return switch (call) {
      case "logits", "decode", "batch" -> "logits";
      case "logprobs", "next" -> "log-probabilities";
      case "probes" -> "intermediate values";
      case "tokenize", "generate" -> "token ids";
      case "detokenize", "stream" -> "texts";
      case "chat" -> "prompts";
      case "sample" -> "probabilities";
      case "gptq.quantise", "gptq.unpack" -> "codes";
      default -> "answers to " + call;
    };
  }
}
