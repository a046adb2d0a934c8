package touchstone.conformance.diagnosis;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.suite.Vector;

/**
 * The few vectors that a diagnosis looks at. They are chosen call by call: first the one on which most
 * pairs of mutants, the reference among them, answer differently; then the one on which most of the
 * pairs do that are left; until none tells any pair apart. Of equals the cheaper. So whatever calls a
 * runtime answers, these tell apart what all vectors of the calls would, a single vector at a time.
 *
 * <p>A runtime that has one model, as servers do, answers few of these, or none. It is asked about its own
 * model instead: in each call by the shortest sequences, up to {@value #MOST_TOKENS} tokens.
 */
public final class DiagnosticVectors {
  private static final String LIST = "diagnostic-vectors.txt";
  private static final int MOST_TOKENS = 64;
  private static final int DOZEN = 12;
  private static final Set<String> PASSES =
      Set.of("logits", "probes", "decode", "batch", "logprobs", "next", "generate");

  private DiagnosticVectors() {}

  /** The ids of those that are chosen. */
  public static Set<String> ids() {
    try (InputStream list = DiagnosticVectors.class.getResourceAsStream(LIST)) {
      return new String(list.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Those that are chosen, in the order of the suite. */
  public static List<Vector> of(Suite suite) {
    Set<String> ids = ids();
    return suite.vectors().stream().filter(vector -> ids.contains(vector.id())).toList();
  }

  /**
   * Those for a runtime, in the order of the suite.
   *
   * @param answered vectors that it has answered: no others are asked than of their calls and models
   */
  public static List<Vector> of(Suite suite, List<Vector> answered) {
    Set<String> calls =
        answered.stream().map(DiagnosticVectors::call).collect(Collectors.toUnmodifiableSet());
    Set<JsonNode> models =
        answered.stream()
            .filter(DiagnosticVectors::isPass)
            .map(DiagnosticVectors::model)
            .collect(Collectors.toUnmodifiableSet());
    Predicate<Vector> chosen =
        models.size() == 1 ? ofModel(suite, models.iterator().next()) : of(suite)::contains;
    return suite.vectors().stream()
        .filter(vector -> calls.contains(call(vector)))
        .filter(chosen)
        .toList();
  }

  /** The shortest of some vectors, a dozen at most, that all mistakes can answer in little time. */
  public static List<Vector> few(List<Vector> some) {
    return some.stream()
        .filter(vector -> !isPass(vector) || isStored(model(vector)))
        .sorted(Comparator.comparingInt(DiagnosticVectors::tokens))
        .limit(DOZEN)
        .toList();
  }

  private static Predicate<Vector> ofModel(Suite suite, JsonNode model) {
    Set<String> chosen = new HashSet<>(ids());
    Map<String, Integer> tokens = new HashMap<>();
    suite.vectors().stream()
        .filter(vector -> isPass(vector) && isStored(model) && model(vector).equals(model))
        .sorted(Comparator.comparingInt(DiagnosticVectors::tokens))
        .filter(vector -> tokens.merge(call(vector), tokens(vector), Integer::sum) <= MOST_TOKENS)
        .forEach(vector -> chosen.add(vector.id()));
    return vector ->
        chosen.contains(vector.id()) && (!isPass(vector) || model(vector).equals(model));
  }

  private static String call(Vector vector) {
    return vector.request().call();
  }

  /** Whether it is about a whole model. */
  private static boolean isPass(Vector vector) {
    return PASSES.contains(call(vector));
  }

  private static JsonNode model(Vector vector) {
    return vector.request().arguments().json().path("model");
  }

  /** A synthetic model is too large to run with every mistake. */
  private static boolean isStored(JsonNode model) {
    return model.isTextual();
  }

  /** All sequences together, and what is generated. */
  private static int tokens(Vector vector) {
    JsonNode arguments = vector.request().arguments().json();
    int sequences = 0;
    for (JsonNode sequence : arguments.path("sequences")) {
      sequences += sequence.size();
    }
    return arguments.path("tokens").size() + sequences + arguments.path("count").asInt();
  }
}
