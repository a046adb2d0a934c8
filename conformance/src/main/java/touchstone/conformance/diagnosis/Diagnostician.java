package touchstone.conformance.diagnosis;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import touchstone.conformance.diagnosis.Case.Ranked;
import touchstone.conformance.mutant.Catalogue;
import touchstone.conformance.mutant.Mutant;
import touchstone.conformance.own.Checkpoints;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.Reply;

/**
 * Finds the known mistake that explains a runtime's answers.
 *
 * <pre>
 * 1. every mistake answers {@value #DOZEN} of the questions on which the runtime departs
 * 2. those that explain at least half of what the best explains answer all questions
 * 3. the one that explains most comes first                       {@link Evidence}, {@link Explanation}
 * 4. unless its answers are the runtime's, to rounding, it is tried together with every other, and the
 *    {@value #DOZEN} best two at a time, on {@value #DOZEN} of the questions that it does not explain; the
 *    {@value #LIKELY} best pairs then answer all questions. Two are better than one if they leave at most
 *    half of what it leaves
 * 5. the verdict is the best if it explains more than half; otherwise a coarser profile, if everything is
 *    within its bounds; and otherwise that no known mistake explains it
 * </pre>
 *
 * The halves are no measured thresholds. More than half is what "most" means; a second mistake is worth
 * naming if it halves what the first leaves; and one that explains less than half as much as another
 * is not the one.
 */
public final class Diagnostician implements AutoCloseable {
  private static final int DOZEN = 12;
  private static final int LIKELY = 3;
  private static final int SHOWN = 5;
  private static final double HALF = 0.5;

  private final Checkpoints checkpoints;
  private final Candidates candidates;
  private final List<Mutant> catalogue;
  private final Map<NumericProfile, Distances> distances = new ConcurrentHashMap<>();

  /**
   * Knows the catalogue.
   *
   * @param root the folder golden-data
   * @param kernelSet on which the mistakes run; all give the same bits
   * @param threads mistakes that run side by side
   */
  public Diagnostician(Path root, String kernelSet, int threads) {
    this(new Checkpoints(root), kernelSet, threads);
  }

  private Diagnostician(Checkpoints checkpoints, String kernelSet, int threads) {
    this(checkpoints, new Candidates(checkpoints, kernelSet, threads));
  }

  /** With candidates that others have asked, too. */
  Diagnostician(Checkpoints checkpoints, Candidates candidates) {
    this.checkpoints = checkpoints;
    this.candidates = candidates;
    this.catalogue = Catalogue.mutants();
  }

  /**
   * The diagnosis of what a runtime answered.
   *
   * @param profile how it rounds
   */
  public Diagnosis diagnose(List<Answered> answers, NumericProfile profile) {
    List<Answered> said =
        answers.stream().filter(a -> !(a.reply() instanceof Reply.Skipped)).toList();
    Case patient = new Case(said, distances.computeIfAbsent(profile, Distances::new));
    if (patient.isSound()) {
      return new Diagnosis.Sound();
    }
    List<Ranked> glance = glance(patient);
    double least = HALF * glance.getFirst().explanation().share();
    Map<Boolean, List<List<Mutant>>> worthwhile =
        glance.stream()
            .collect(
                Collectors.partitioningBy(
                    each -> each.explanation().share() >= least,
                    Collectors.mapping(each -> each.answers().mistakes(), Collectors.toList())));
    List<Ranked> ranked = patient.rank(candidates.ask(worthwhile.get(true), patient.questions()));
    Ranked best = ranked.getFirst();
    if (!best.explanation().matches()) {
      List<Mutant> all =
          Stream.concat(
                  ranked.stream().map(each -> each.answers().mistakes()),
                  worthwhile.get(false).stream())
              .map(List::getFirst)
              .toList();
      List<Ranked> pairs = pairs(patient, best, all);
      if (1 - pairs.getFirst().explanation().share() <= HALF * (1 - best.explanation().share())) {
        return verdict(patient, pairs.getFirst().explanation(), List.of(), explanations(pairs, 1));
      }
    }
    List<Ranked> group =
        ranked.stream().filter(other -> patient.alike(best.answers(), other.answers())).toList();
    List<Ranked> others = ranked.stream().filter(other -> !group.contains(other)).toList();
    return verdict(
        patient,
        best.explanation(),
        group.stream().map(r -> r.answers().mistakes().getFirst()).toList(),
        explanations(others, 0));
  }

  /** Every mistake by itself, ranked by some of the questions on which the runtime departs. */
  private List<Ranked> glance(Case patient) {
    Case departing = patient.departing(DOZEN);
    return departing.rank(
        candidates.ask(catalogue.stream().map(List::of).toList(), departing.questions()));
  }

  private static Diagnosis verdict(
      Case patient, Explanation best, List<Mutant> group, List<Explanation> others) {
    if (best.share() > HALF) {
      return new Diagnosis.Explained(best, group, others);
    }
    List<Explanation> nearest = new ArrayList<>(List.of(best));
    nearest.addAll(others);
    Optional<NumericProfile> coarser = patient.coarser();
    return coarser.isPresent()
        ? new Diagnosis.Coarser(coarser.get(), nearest)
        : new Diagnosis.Unexplained(nearest);
  }

  private static List<Explanation> explanations(List<Ranked> ranked, int from) {
    return ranked.stream().skip(from).limit(SHOWN).map(Ranked::explanation).toList();
  }

  /**
   * The pairs that explain most of what the best alone leaves, ranked by all questions.
   *
   * @param all the likeliest first
   */
  private List<Ranked> pairs(Case patient, Ranked best, List<Mutant> all) {
    Case left = patient.leftBy(best.answers(), DOZEN);
    List<List<Mutant>> likely =
        left.rank(candidates.ask(pairs(all), left.questions())).stream()
            .limit(LIKELY)
            .map(pair -> pair.answers().mistakes())
            .toList();
    return patient.rank(candidates.ask(likely, patient.questions()));
  }

  /** The first with every other, and the first dozen with each other. */
  private static List<List<Mutant>> pairs(List<Mutant> all) {
    List<List<Mutant>> pairs = new ArrayList<>();
    for (int j = 1; j < all.size(); j++) {
      for (int i = 0; i < (j < DOZEN ? j : 1); i++) {
        pairs.add(List.of(all.get(i), all.get(j)));
      }
    }
    return pairs;
  }

  @Override
  public void close() {
    checkpoints.close();
  }
}
