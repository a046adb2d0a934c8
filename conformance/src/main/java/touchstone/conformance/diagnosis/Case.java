package touchstone.conformance.diagnosis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import touchstone.conformance.diagnosis.Candidates.Answers;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.suite.Expectation;
import touchstone.conformance.suite.ExpectedOutput;
import touchstone.conformance.suite.Vector;

/** What a runtime answered, nothing skipped, and how that is compared. */
final class Case {
  /** A candidate and how well it explains. */
  record Ranked(Answers answers, Explanation explanation) {}

  private final List<Answered> answers;
  private final Distances distances;
  private final Map<Reply, List<Evidence>> known = new IdentityHashMap<>(); // replies are shared

  Case(List<Answered> answers, Distances distances) {
    this.answers = List.copyOf(answers);
    this.distances = distances;
  }

  List<Vector> questions() {
    return answers.stream().map(Answered::vector).toList();
  }

  /** Compared with itself, an answer departs where it departs from the truth. */
  boolean isSound() {
    return answers.stream().allMatch(this::isSound);
  }

  private boolean isSound(Answered answered) {
    return Evidence.of(distances, answered, answered.reply()).stream().noneMatch(Evidence::says);
  }

  /** The first profile that rounds more than the declared one and whose bounds hold every answer. */
  Optional<NumericProfile> coarser() {
    List<Answered> departing = answers.stream().filter(answered -> !isSound(answered)).toList();
    return Arrays.stream(NumericProfile.values())
        .filter(profile -> profile.compareTo(distances.profile()) > 0)
        .filter(profile -> new Case(departing, new Distances(profile)).isJudgedSound())
        .findFirst();
  }

  private boolean isJudgedSound() {
    return answers.stream()
        .allMatch(
            answered ->
                isSound(answered)
                    && outputs(answered.vector().expectation()).stream()
                        .allMatch(distances::judges));
  }

  private static Collection<ExpectedOutput> outputs(Expectation expectation) {
    return switch (expectation) {
      case Expectation.Valid(var outputs) -> outputs.values();
      case Expectation.Acceptable(var outputs) -> outputs.values();
      case Expectation.Invalid _ -> List.of();
    };
  }

  List<Ranked> rank(List<Answers> all) {
    return all.stream()
        .map(each -> new Ranked(each, Explanation.of(each.mistakes(), evidence(each))))
        .sorted((a, b) -> Explanation.BEST_FIRST.compare(a.explanation(), b.explanation()))
        .toList();
  }

  private List<Evidence> evidence(Answers candidate) {
    List<Evidence> evidence = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      Answered answered = answers.get(i);
      evidence.addAll(
          known.computeIfAbsent(
              candidate.replies().get(i), reply -> Evidence.of(distances, answered, reply)));
    }
    return evidence;
  }

  /** Some of the questions on which the runtime departs. */
  Case departing(int most) {
    return some(most, i -> answers.get(i).reply(), Evidence::departure);
  }

  /** Some of the questions that a candidate does not explain. */
  Case leftBy(Answers candidate, int most) {
    return some(most, candidate.replies()::get, Evidence::residual);
  }

  /** One question of each call that has a gap, then another of each, and so on. */
  private Case some(int most, IntFunction<Reply> candidate, Function<Evidence, Gap> gap) {
    Map<String, Integer> ofCall = new HashMap<>();
    Map<Answered, Integer> turns = new LinkedHashMap<>();
    for (int i = 0; i < answers.size(); i++) {
      Answered answered = answers.get(i);
      boolean has =
          Evidence.of(distances, answered, candidate.apply(i)).stream()
              .anyMatch(evidence -> !gap.apply(evidence).isNone());
      if (has) {
        turns.put(answered, ofCall.merge(answered.vector().request().call(), 1, Integer::sum));
      }
    }
    return new Case(
        turns.entrySet().stream()
            .sorted(Map.Entry.comparingByValue())
            .limit(most)
            .map(Map.Entry::getKey)
            .toList(),
        distances);
  }

  /** Whether two candidates answer the same, to rounding, all that the runtime answered. */
  boolean alike(Answers one, Answers other) {
    for (int i = 0; i < answers.size(); i++) {
      Answered asIf = new Answered(answers.get(i).vector(), one.replies().get(i));
      if (Evidence.of(distances, asIf, other.replies().get(i)).stream()
          .anyMatch(evidence -> !evidence.residual().isNone())) {
        return false;
      }
    }
    return true;
  }
}
