package touchstone.conformance.diagnosis;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import touchstone.conformance.mutant.Mutant;

/**
 * How well a mistake, or two at once, explain a runtime's answers.
 *
 * @param mistakes one or two
 * @param share how much of the departure from the specification they explain, 0 to 1: the mean over
 *     all vectors on which the runtime or they depart
 * @param matches whether the runtime's answers are theirs, to rounding, throughout
 * @param leftOver sum of squares of what they leave, in bounds
 * @param shown the numbers to show
 */
public record Explanation(
    List<Mutant> mistakes, double share, boolean matches, double leftOver, Shown shown) {
  /** The best comes first. */
  static final Comparator<Explanation> BEST_FIRST =
      Comparator.comparingDouble((Explanation e) -> -e.share())
          .thenComparingDouble(Explanation::leftOver);

  /**
   * Distances as they are shown to people, of the call that departs most often.
   *
   * @param call its name
   * @param vectors vectors of this call that say something
   * @param departing those on which the runtime departs from the specification
   * @param explained those on which it does as the mistake does
   * @param numbers whether the answers are numbers; only then what follows has a meaning
   * @param toMistake largest difference to the mistake's answers
   * @param toTruth largest difference to the truth
   */
  public record Shown(
      String call,
      int vectors,
      int departing,
      int explained,
      boolean numbers,
      double toMistake,
      double toTruth) {}

  public Explanation {
    mistakes = List.copyOf(mistakes);
  }

  /** The names of the mistakes. */
  public String id() {
    return mistakes.stream().map(Mutant::id).collect(Collectors.joining(" + "));
  }

  /** From what all questions say. */
  static Explanation of(List<Mutant> mistakes, List<Evidence> all) {
    List<Evidence> evidence = all.stream().filter(Evidence::says).toList();
    double share =
        evidence.stream()
            .collect(
                Collectors.groupingBy(
                    Evidence::vector, Collectors.averagingDouble(Evidence::explained)))
            .values()
            .stream()
            .mapToDouble(Double::doubleValue)
            .average()
            .orElse(0);
    boolean matches = evidence.stream().allMatch(e -> e.residual().isNone());
    double leftOver = evidence.stream().mapToDouble(e -> e.residual().raw()).sum();
    return new Explanation(mistakes, share, matches, leftOver, shown(evidence));
  }

  private static Shown shown(List<Evidence> evidence) {
    Map<String, Long> departing =
        evidence.stream()
            .filter(e -> !e.departure().isNone())
            .collect(Collectors.groupingBy(Evidence::call, Collectors.counting()));
    String call =
        departing.entrySet().stream()
            .max(
                Map.Entry.<String, Long>comparingByValue()
                    .thenComparing(Map.Entry.comparingByKey()))
            .map(Map.Entry::getKey)
            .orElse("");
    List<Evidence> its = evidence.stream().filter(e -> e.call().equals(call)).toList();
    return new Shown(
        call,
        its.size(),
        (int) its.stream().filter(e -> !e.departure().isNone()).count(),
        (int) its.stream().filter(e -> e.residual().isNone()).count(),
        its.stream().noneMatch(e -> e.departure().exact()),
        its.stream().mapToDouble(e -> e.residual().absolute()).max().orElse(0),
        its.stream().mapToDouble(e -> e.departure().absolute()).max().orElse(0));
  }
}
