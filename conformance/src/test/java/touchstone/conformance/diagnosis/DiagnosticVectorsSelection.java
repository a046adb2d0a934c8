package touchstone.conformance.diagnosis;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import touchstone.conformance.diagnosis.Candidates.Answers;
import touchstone.conformance.mutant.Catalogue;
import touchstone.conformance.mutant.Mutant;
import touchstone.conformance.own.Checkpoints;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.suite.Expectation;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.suite.Vector;

/** Chooses the diagnostic vectors, by the criterion of {@link DiagnosticVectors}. */
final class DiagnosticVectorsSelection {
  /** Models of more than a few hundred thousand weights are too slow to run for every mistake. */
  private static final List<String> SLOW = List.of("synthetic", "models/pebble");

  private final List<Vector> vectors;
  private final List<Answers> answers;
  private final Distances distances = new Distances(NumericProfile.F32);

  private DiagnosticVectorsSelection(List<Vector> vectors, List<Answers> answers) {
    this.vectors = vectors;
    this.answers = answers;
  }

  static List<String> select(Suite suite) {
    List<Vector> quick = suite.vectors().stream().filter(v -> isQuick(v)).toList();
    try (Checkpoints checkpoints = new Checkpoints(suite.root())) {
      List<List<Mutant>> candidates = new ArrayList<>(List.of(List.of()));
      Catalogue.mutants().forEach(mutant -> candidates.add(List.of(mutant)));
      List<Answers> answers =
          new Candidates(checkpoints, "scalar", Runtime.getRuntime().availableProcessors())
              .ask(candidates, quick);
      return new DiagnosticVectorsSelection(quick, answers).select();
    }
  }

  private static boolean isQuick(Vector vector) {
    String model = vector.request().arguments().json().path("model").toString();
    boolean text =
        !vector.request().call().matches("logits|decode|batch|probes|logprobs|next|generate");
    return vector.expectation() instanceof Expectation.Valid
        && (text || isNeeded(vector) || SLOW.stream().noneMatch(model::contains));
  }

  /** When continuations end is asked of no other model. */
  private static boolean isNeeded(Vector vector) {
    return vector.topic().equals("generate/finish");
  }

  private List<String> select() {
    Map<String, List<Integer>> calls = new LinkedHashMap<>();
    for (int i = 0; i < vectors.size(); i++) {
      calls.computeIfAbsent(vectors.get(i).request().call(), call -> new ArrayList<>()).add(i);
    }
    List<String> chosen = new ArrayList<>();
    calls.values().forEach(its -> chosen.addAll(select(its)));
    return chosen;
  }

  private List<String> select(List<Integer> candidates) {
    Map<Integer, BitSet> told = new LinkedHashMap<>();
    candidates.stream()
        .sorted(Comparator.comparingInt(i -> cost(vectors.get(i))))
        .forEach(i -> told.put(i, pairsTold(i)));
    List<String> chosen = new ArrayList<>();
    BitSet done = new BitSet();
    while (true) {
      int most = 0;
      int best = -1;
      for (var entry : told.entrySet()) {
        BitSet fresh = (BitSet) entry.getValue().clone();
        fresh.andNot(done);
        if (fresh.cardinality() > most) {
          most = fresh.cardinality();
          best = entry.getKey();
        }
      }
      if (best < 0) {
        return chosen;
      }
      done.or(told.remove(best));
      chosen.add(vectors.get(best).id());
    }
  }

  private static int cost(Vector vector) {
    return vector.request().arguments().json().toString().length();
  }

  /** The pairs of candidates that answer a vector differently. */
  private BitSet pairsTold(int vector) {
    BitSet told = new BitSet();
    List<List<Integer>> classes = new ArrayList<>();
    for (int candidate = 0; candidate < answers.size(); candidate++) {
      int it = candidate;
      classes.stream()
          .filter(members -> alike(vector, members.getFirst(), it))
          .findFirst()
          .ifPresentOrElse(
              members -> members.add(it), () -> classes.add(new ArrayList<>(List.of(it))));
    }
    for (List<Integer> one : classes) {
      for (List<Integer> other : classes) {
        if (one.getFirst() < other.getFirst()) {
          one.forEach(a -> other.forEach(b -> told.set(a * answers.size() + b)));
        }
      }
    }
    return told;
  }

  private boolean alike(int vector, int one, int other) {
    Answered asIf = new Answered(vectors.get(vector), answers.get(one).replies().get(vector));
    return Evidence.of(distances, asIf, answers.get(other).replies().get(vector)).stream()
        .allMatch(evidence -> evidence.residual().isNone());
  }
}
