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
 * missing, broken or of the wrong shape says that the adapter is wrong, and nothing of the runtime.
 */
final class Smoke {
  private static final int MOST = 10;

  private final List<Vector> questions;
  private final Judge judge;

  private Smoke(List<Vector> questions, Judge judge) {
    this.questions = questions;
    this.judge = judge;
  }

  /** The cheapest vector of each call that the runtime can answer. */
  static Smoke of(List<Vector> askable, Path goldenData, NumericProfile profile) {
    SequencedMap<String, Vector> cheapest = new LinkedHashMap<>();
    Map<Path, Long> sizes = new HashMap<>();
    askable.stream()
        .filter(vector -> vector.expectation() instanceof Expectation.Valid)
        .sorted(Comparator.comparingLong(vector -> cost(vector, goldenData, sizes)))
        .forEach(vector -> cheapest.putIfAbsent(vector.request().call(), vector));
    return new Smoke(cheapest.values().stream().limit(MOST).toList(), new Judge(profile));
  }

  private static long cost(Vector vector, Path goldenData, Map<Path, Long> sizes) {
    String model = vector.request().arguments().json().path("model").asText();
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
    if (questions.isEmpty()) {
      return Optional.of("it answers none of the calls that the chosen vectors make");
    }
    List<String> skipped = new ArrayList<>();
    for (Vector question : questions) {
      Reply reply = runtime.run(question.request());
      Optional<String> wrong = form(judge.judge(question, reply));
      if (wrong.isPresent()) {
        return Optional.of(
            "asked %s (vector %s): %s"
                .formatted(question.request().call(), question.id(), wrong.get()));
      }
      if (reply instanceof Reply.Skipped(String reason)) {
        skipped.add(reason);
      }
    }
    return skipped.size() == questions.size()
        ? Optional.of("it skips every call that it says it answers: " + skipped.getFirst())
        : Optional.empty();
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
