package touchstone.conformance.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.conformance.suite.Expectation;
import touchstone.conformance.suite.Vector;

/**
 * A few trivial questions before the examination. Only the form of the answers counts: one that is
 * missing, broken or of the wrong shape says that the adapter is wrong, and nothing of the runtime. A
 * runtime that declines a question, by a skip or a refusal, is asked the same of another model, until one
 * is answered.
 */
final class Smoke {
  private static final int MOST_CALLS = 10;

  private final boolean hasQuestions;
  private final List<List<Vector>> calls;
  private final Judge judge;

  private Smoke(boolean hasQuestions, List<List<Vector>> calls, Judge judge) {
    this.hasQuestions = hasQuestions;
    this.calls = calls;
    this.judge = judge;
  }

  /** The cheapest vectors of each call that the runtime can answer, one for each model. */
  static Smoke of(List<Vector> askable, Path goldenData, NumericProfile profile) {
    SequencedMap<String, SequencedMap<String, Vector>> cheapest = new LinkedHashMap<>();
    Map<Path, Long> sizes = new HashMap<>();
    askable.stream()
        .filter(vector -> vector.expectation() instanceof Expectation.Valid)
        .sorted(Comparator.comparingLong(vector -> cost(vector, goldenData, sizes)))
        .forEach(
            vector ->
                cheapest
                    .computeIfAbsent(vector.request().call(), call -> new LinkedHashMap<>())
                    .putIfAbsent(model(vector), vector));
    return new Smoke(
        !askable.isEmpty(),
        cheapest.values().stream()
            .limit(MOST_CALLS)
            .map(models -> List.copyOf(models.values()))
            .toList(),
        new Judge(profile));
  }

  private static String model(Vector vector) {
    return vector.request().arguments().json().path("model").asText();
  }

  private static long cost(Vector vector, Path goldenData, Map<Path, Long> sizes) {
    String model = model(vector);
    long bytes =
        model.isEmpty() ? 0 : sizes.computeIfAbsent(goldenData.resolve(model), Smoke::size);
    return bytes + vector.request().arguments().json().toString().length();
  }

  private static long size(Path model) {
    if (!Files.isDirectory(model)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(model)) {
      long bytes = 0;
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is wrong with the adapter; empty if it answers as agreed. */
  Optional<String> failure(RuntimeUnderTest runtime) {
    if (!hasQuestions) {
      return Optional.of("it answers none of the calls that the chosen vectors make");
    }
    if (calls.isEmpty()) {
      return Optional.empty(); // refusals are all that is due, and they have no form
    }
    List<String> declined = new ArrayList<>();
    for (List<Vector> models : calls) {
      Optional<String> wrong = failure(runtime, models, declined);
      if (wrong.isPresent()) {
        return wrong;
      }
    }
    return declined.size() == calls.size()
        ? Optional.of("it declines every call that it says it answers: " + declined.getFirst())
        : Optional.empty();
  }

  /** Of one call, at the first model that is not declined; why all are, if all are. */
  private Optional<String> failure(
      RuntimeUnderTest runtime, List<Vector> models, List<String> declined) {
    Optional<String> reason = Optional.empty();
    for (Vector question : models) {
      Reply reply = runtime.run(question.request());
      reason = declined(reply);
      if (reason.isEmpty()) {
        return form(judge.judge(question, reply))
            .map(
                wrong ->
                    "asked %s (vector %s): %s"
                        .formatted(question.request().call(), question.id(), wrong));
      }
    }
    reason.ifPresent(declined::add);
    return Optional.empty();
  }

  private static Optional<String> declined(Reply reply) {
    return switch (reply) {
      case Reply.Skipped(String reason) -> Optional.of(reason);
      case Reply.Refused(String errorClass, String message) ->
          Optional.of(errorClass + ", " + message);
      case Reply.Result _, Reply.Broken _ -> Optional.empty();
    };
  }

  private static Optional<String> form(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Broken(String what) -> Optional.of(what);
      case Verdict.Failed(Finding finding, _) when finding.kind().isForm() ->
          Optional.of(finding.sentence());
      case Verdict.Failed _, Verdict.Passed _, Verdict.Acceptable _, Verdict.Skipped _ ->
          Optional.empty();
    };
  }
}
