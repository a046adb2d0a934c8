package touchstone.conformance.diagnosis;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import touchstone.conformance.diagnosis.Candidates.Answers;
import touchstone.conformance.mutant.Catalogue;
import touchstone.conformance.mutant.Mutant;
import touchstone.conformance.own.Checkpoints;
import touchstone.conformance.runtime.NumericProfile;
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

  Checkpoints checkpoints() {
    return checkpoints;
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
  private static List<List<Mutant>> singles() {
    List<List<Mutant>> all = new ArrayList<>(List.of(List.of()));
    Catalogue.mutants().forEach(mutant -> all.add(List.of(mutant)));
    return all;
  }

  /** A seeded sample of two mistakes at once. */
  private static List<List<Mutant>> pairs(int from, int to) {
    List<List<Mutant>> all = new ArrayList<>();
    List<Mutant> mutants = Catalogue.mutants();
    for (int i = 0; i < mutants.size(); i++) {
      for (int j = i + 1; j < mutants.size(); j++) {
        all.add(List.of(mutants.get(i), mutants.get(j)));
      }
    }
    Collections.shuffle(all, new Random(SEED));
    return all.subList(from, to);
  }

  /** Every mistake, as a door is imagined. */
  List<Row> singles(Served door) {
    return diagnosed(door, singles());
  }

  /** Some of the pairs, as a door is imagined. */
  List<Row> pairs(Served door, int from, int to) {
    return diagnosed(door, pairs(from, to));
  }

  /** Every mistake, through a door. */
  List<Row> singles(RealDoor door) {
    return diagnosed(
        door.name(), door.profile(), singles(), (mistakes, _) -> door.answers(mistakes));
  }

  private List<Row> diagnosed(Served door, List<List<Mutant>> served) {
    List<Vector> asked = vectors.stream().filter(door::asks).toList();
    List<Answers> answers = candidates.ask(served, asked);
    return diagnosed(
        door.name(),
        door.profile(),
        served,
        (_, i) -> door.answers(asked, answers.get(i).replies(), SEED + i));
  }

  private List<Row> diagnosed(
      String door,
      NumericProfile profile,
      List<List<Mutant>> served,
      BiFunction<List<Mutant>, Integer, List<Answered>> answers) {
    // A new one, because it remembers all that it has seen.
    Diagnostician diagnostician = new Diagnostician(checkpoints, candidates);
    return IntStream.range(0, served.size())
        .parallel()
        .mapToObj(
            i -> {
              List<Mutant> mistakes = served.get(i);
              List<Answered> seen = answers.apply(mistakes, i);
              return row(door, mistakes, diagnostician.diagnose(seen, profile));
            })
        .toList();
  }

  private static String id(List<Mutant> mistakes) {
    return mistakes.isEmpty()
        ? "reference"
        : String.join(" + ", mistakes.stream().map(Mutant::id).sorted().toList());
  }

  private static Row row(String door, List<Mutant> served, Diagnosis diagnosis) {
    String id = id(served);
    return switch (diagnosis) {
      case Diagnosis.Sound _ -> new Row(door, id, Outcome.INVISIBLE, "-", 0, 0, 0);
      case Diagnosis.Coarser(_, List<Explanation> nearest) -> unnamed(door, id, nearest);
      case Diagnosis.Unexplained(List<Explanation> nearest) -> unnamed(door, id, nearest);
      case Diagnosis.Explained explained ->
          new Row(
              door,
              id,
              outcome(served, explained),
              id(explained.best().mistakes()),
              explained.best().share(),
              explained.confidence(),
              explained.group().size());
    };
  }

  private static Row unnamed(String door, String id, List<Explanation> nearest) {
    Explanation best = nearest.getFirst();
    return new Row(door, id, Outcome.NONE, id(best.mistakes()), best.share(), 0, 0);
  }

  private static Outcome outcome(List<Mutant> served, Diagnosis.Explained diagnosis) {
    if (id(served).equals(id(diagnosis.best().mistakes()))) {
      return Outcome.RIGHT;
    }
    boolean same =
        served.size() == 1
            && diagnosis.group().stream().anyMatch(m -> m.id().equals(served.getFirst().id()));
    boolean alike = served.size() == 2 && diagnosis.best().matches();
    return same || alike ? Outcome.GROUP : Outcome.WRONG;
  }

  @Override
  public void close() {
    checkpoints.close();
  }
}
