package touchstone.conformance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.conformance.suite.Level;
import touchstone.conformance.suite.Vector;

/**
 * Asks a runtime vector after vector and has each answer judged. A few trivial questions come first;
 * what the runtime says it cannot do is not asked. After a few vectors in a row without an answer the
 * trivial questions are put again, to tell a runtime that fails from one that is gone.
 */
public final class Verifier {
  private static final int PATIENCE = 3;

  /** Hears how far the examination is. */
  @FunctionalInterface
  public interface Listener {
    /** Before a vector is asked, and once at the end, without one. */
    void onVector(int done, int total, Optional<Vector> next);
  }

  /**
   * What came of an examination.
   *
   * @param results in the order in which vectors were asked
   */
  public record Run(List<Result> results, Ending ending) {
    public Run {
      results = List.copyOf(results);
    }
  }

  private final RuntimeUnderTest runtime;
  private final NumericProfile profile;
  private final boolean failFast;
  private final Listener listener;

  /**
   * An examiner.
   *
   * @param profile the runtime is judged by, its own unless a person knows better
   * @param failFast whether the first failure of a required vector ends it
   */
  public Verifier(
      RuntimeUnderTest runtime, NumericProfile profile, boolean failFast, Listener listener) {
    this.runtime = runtime;
    this.profile = profile;
    this.failFast = failFast;
    this.listener = listener;
  }

  /**
   * Examines the runtime.
   *
   * @param vectors what is asked, in order
   * @param goldenData where models lie
   */
  public Run verify(List<Vector> vectors, Path goldenData) {
    Smoke smoke = Smoke.of(askable(vectors), goldenData, profile);
    Optional<String> unusable = smoke.failure(runtime);
    if (unusable.isPresent()) {
      return new Run(List.of(), new Ending.Unusable(unusable.get()));
    }
    return asked(vectors, smoke);
  }

  /** The vectors that the runtime says it can answer. */
  public List<Vector> askable(List<Vector> vectors) {
    return vectors.stream().filter(vector -> skip(vector).isEmpty()).toList();
  }

  private Run asked(List<Vector> vectors, Smoke smoke) {
    Judge judge = new Judge(profile);
    List<Result> results = new ArrayList<>();
    int unanswered = 0;
    for (Vector vector : vectors) {
      listener.onVector(results.size(), vectors.size(), Optional.of(vector));
      Result result = result(vector, judge);
      results.add(result);
      unanswered = result.verdict() instanceof Verdict.Broken ? unanswered + 1 : 0;
      if (unanswered == PATIENCE) {
        unanswered = 0;
        Optional<String> gone = smoke.failure(runtime);
        if (gone.isPresent()) {
          return new Run(results, new Ending.Unusable("it no longer answers; " + gone.get()));
        }
      }
      if (failFast && decides(result)) {
        return new Run(results, new Ending.FirstFailure());
      }
    }
    listener.onVector(vectors.size(), vectors.size(), Optional.empty());
    return new Run(results, new Ending.Complete());
  }

  private static boolean decides(Result result) {
    return result.verdict().isFailure() && result.vector().level() == Level.REQUIRED;
  }

  private Result result(Vector vector, Judge judge) {
    Optional<String> skip = skip(vector);
    if (skip.isPresent()) {
      return new Result(vector, new Verdict.Skipped(skip.get()), Duration.ZERO);
    }
    long start = System.nanoTime();
    Reply reply = runtime.run(vector.request());
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    return new Result(vector, judge.judge(vector, reply), took);
  }

  /** Why a vector is not asked. */
  private Optional<String> skip(Vector vector) {
    String call = vector.request().call();
    if (!runtime.description().capabilities().contains(call)) {
      return Optional.of("the runtime does not answer " + call);
    }
    int tokens = tokens(vector.request().arguments().json());
    return runtime.description().maxTokens().stream()
        .filter(most -> tokens > most)
        .mapToObj(most -> "%d tokens, the runtime takes %d".formatted(tokens, most))
        .findFirst();
  }

  /** The longest sequence that a request makes. */
  private static int tokens(ObjectNode arguments) {
    int longest = arguments.path("tokens").size();
    longest += longest == 0 ? 0 : arguments.path("count").asInt();
    for (JsonNode sequence : arguments.path("sequences")) {
      longest = Math.max(longest, sequence.size());
    }
    return longest;
  }
}
