package touchstone.conformance.diagnosis;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import touchstone.conformance.diagnosis.Candidates.Answers;
import touchstone.conformance.mutant.Catalogue;
import touchstone.conformance.mutant.Mutant;
import touchstone.conformance.own.Checkpoints;
import touchstone.conformance.suite.Vector;

/** Serves mistakes through doors and looks whether the diagnosis names them. */
final class DiagnosisMeasurement implements AutoCloseable {
  private static final long SEED = 20261128;

  private final List<Vector> vectors;
  private final Checkpoints checkpoints;
  private final Candidates candidates;
  private final Diagnostician diagnostician;

  DiagnosisMeasurement(Path root, List<Vector> vectors, String kernelSet, int threads) {
    this.vectors = vectors;
    this.checkpoints = new Checkpoints(root);
    this.candidates = new Candidates(checkpoints, kernelSet, threads);
    this.diagnostician = new Diagnostician(checkpoints, candidates);
  }

  /** How a diagnosis compares with what was served. */
  enum Outcome {
    /** It is what was served. */
    RIGHT,
    /** What was served is in the group that answers the same. */
    GROUP,
    /** What was served answers as the reference does, and nothing is diagnosed. */
    INVISIBLE,
    /** Another mistake is named. */
    WRONG,
    /** No mistake is named, although the answers depart. */
    NONE
  }

  /** One diagnosis. */
  record Row(
      String served, Outcome outcome, String named, double share, double confidence, int group) {
    String csv(String door) {
      return String.format(
          Locale.ROOT,
          "%s,%s,%s,%s,%.4f,%.4f,%d",
          door,
          served,
          outcome.name().toLowerCase(Locale.ROOT),
          named,
          share,
          confidence,
          group);
    }
  }

  /** Every mistake, served alone. */
  List<Row> singles(Served door) {
    List<List<Mutant>> all = Catalogue.mutants().stream().map(List::of).toList();
    return diagnosed(door, all);
  }

  /** The reference, which has none. */
  Row reference(Served door) {
    return diagnosed(door, List.of(List.of())).getFirst();
  }

  /** A seeded sample of two mistakes at once. */
  List<Row> pairs(Served door, int count) {
    List<List<Mutant>> all = new ArrayList<>();
    List<Mutant> mutants = Catalogue.mutants();
    for (int i = 0; i < mutants.size(); i++) {
      for (int j = i + 1; j < mutants.size(); j++) {
        all.add(List.of(mutants.get(i), mutants.get(j)));
      }
    }
    Collections.shuffle(all, new Random(SEED));
    return diagnosed(door, all.subList(0, Math.min(count, all.size())));
  }

  private List<Row> diagnosed(Served door, List<List<Mutant>> served) {
    List<Answers> answers = candidates.ask(served, vectors);
    return IntStream.range(0, served.size())
        .parallel()
        .mapToObj(
            i -> {
              List<Answered> seen = door.answers(vectors, answers.get(i).replies(), SEED + i);
              return row(served.get(i), diagnostician.diagnose(seen, door.profile()));
            })
        .toList();
  }

  private static String id(List<Mutant> mistakes) {
    return mistakes.isEmpty()
        ? "reference"
        : String.join(" + ", mistakes.stream().map(Mutant::id).sorted().toList());
  }

  private static Row row(List<Mutant> served, Diagnosis diagnosis) {
    return switch (diagnosis) {
      case Diagnosis.Sound _ -> new Row(id(served), Outcome.INVISIBLE, "-", 0, 0, 0);
      case Diagnosis.Unexplained(List<Explanation> nearest) ->
          new Row(
              id(served),
              Outcome.NONE,
              id(nearest.getFirst().mistakes()),
              nearest.getFirst().share(),
              0,
              0);
      case Diagnosis.Explained explained ->
          new Row(
              id(served),
              outcome(served, explained),
              id(explained.best().mistakes()),
              explained.best().share(),
              explained.confidence(),
              explained.group().size());
    };
  }

  private static Outcome outcome(List<Mutant> served, Diagnosis.Explained diagnosis) {
    if (id(served).equals(id(diagnosis.best().mistakes()))) {
      return Outcome.RIGHT;
    }
    boolean same = served.size() == 1 && diagnosis.group().contains(served.getFirst());
    boolean alike = served.size() > 1 && diagnosis.best().matches();
    return same || alike ? Outcome.GROUP : Outcome.WRONG;
  }

  @Override
  public void close() {
    checkpoints.close();
  }
}
