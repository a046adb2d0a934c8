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

  DiagnosisMeasurement(Path root, List<Vector> vectors, String kernelSet, int threads) {
    this.vectors = vectors;
    this.checkpoints = new Checkpoints(root);
    this.candidates = new Candidates(checkpoints, kernelSet, threads);
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

  /** One diagnosis, as it stands in docs/data. */
  record Row(
      String door,
      String served,
      Outcome outcome,
      String named,
      double share,
      double confidence,
      int group) {
    static final String HEADER = "door,served,outcome,named,share,confidence,group";

    String csv() {
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

    static Row of(String csv) {
      String[] field = csv.split(",");
      return new Row(
          field[0],
          field[1],
          Outcome.valueOf(field[2].toUpperCase(Locale.ROOT)),
          field[3],
          Double.parseDouble(field[4]),
          Double.parseDouble(field[5]),
          Integer.parseInt(field[6]));
    }
  }

  /** The reference, which has none, and every mistake alone. */
  List<Row> singles(Served door) {
    List<List<Mutant>> all = new ArrayList<>(List.of(List.of()));
    Catalogue.mutants().forEach(mutant -> all.add(List.of(mutant)));
    return diagnosed(door, all);
  }

  /** Some of a seeded sample of two mistakes at once. */
  List<Row> pairs(Served door, int from, int to) {
    List<List<Mutant>> all = new ArrayList<>();
    List<Mutant> mutants = Catalogue.mutants();
    for (int i = 0; i < mutants.size(); i++) {
      for (int j = i + 1; j < mutants.size(); j++) {
        all.add(List.of(mutants.get(i), mutants.get(j)));
      }
    }
    Collections.shuffle(all, new Random(SEED));
    return diagnosed(door, all.subList(from, to));
  }

  private List<Row> diagnosed(Served door, List<List<Mutant>> served) {
    List<Vector> asked = vectors.stream().filter(door::asks).toList();
    List<Answers> answers = candidates.ask(served, asked);
    // A new one, because it remembers all that it has seen.
    Diagnostician diagnostician = new Diagnostician(checkpoints, candidates);
    return IntStream.range(0, served.size())
        .parallel()
        .mapToObj(
            i -> {
              List<Answered> seen = door.answers(asked, answers.get(i).replies(), SEED + i);
              return row(door, served.get(i), diagnostician.diagnose(seen, door.profile()));
            })
        .toList();
  }

  private static String id(List<Mutant> mistakes) {
    return mistakes.isEmpty()
        ? "reference"
        : String.join(" + ", mistakes.stream().map(Mutant::id).sorted().toList());
  }

  private static Row row(Served door, List<Mutant> served, Diagnosis diagnosis) {
    String id = id(served);
    return switch (diagnosis) {
      case Diagnosis.Sound _ -> new Row(door.name(), id, Outcome.INVISIBLE, "-", 0, 0, 0);
      case Diagnosis.Unexplained(List<Explanation> nearest) -> {
        Explanation best = nearest.getFirst();
        yield new Row(door.name(), id, Outcome.NONE, id(best.mistakes()), best.share(), 0, 0);
      }
      case Diagnosis.Explained explained ->
          new Row(
              door.name(),
              id,
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
    boolean alike = served.size() == 2 && diagnosis.best().matches();
    return same || alike ? Outcome.GROUP : Outcome.WRONG;
  }

  @Override
  public void close() {
    checkpoints.close();
  }
}
