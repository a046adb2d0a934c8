package touchstone.conformance.verify;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.Request;
import touchstone.conformance.runtime.RuntimeDescription;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.conformance.suite.Expectation;
import touchstone.conformance.suite.ExpectedOutput;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.Vector;

/** A runtime that answers as a test says. */
public record FakeRuntime(RuntimeDescription description, Function<Request, Reply> answers)
    implements RuntimeUnderTest {

  @Override
  public Reply run(Request request) {
    return answers.apply(request);
  }

  @Override
  public void close() {
    // Nothing is open.
  }

  /** A runtime of all calls of some vectors. */
  public static FakeRuntime of(List<Vector> vectors, Function<Request, Reply> answers) {
    Set<String> calls =
        vectors.stream().map(vector -> vector.request().call()).collect(Collectors.toSet());
    return new FakeRuntime(describe(calls, OptionalInt.empty()), answers);
  }

  public static RuntimeDescription describe(Set<String> calls, OptionalInt maxTokens) {
    return new RuntimeDescription(
        "Fake", "1.0", "Java", Optional.empty(), calls, NumericProfile.F32, maxTokens);
  }

  /** What answers every vector right. */
  public static Function<Request, Reply> truth(List<Vector> vectors) {
    Map<String, Reply> replies = new HashMap<>();
    vectors.forEach(vector -> replies.put(vector.id(), right(vector)));
    return request -> replies.get(request.vector());
  }

  private static Reply right(Vector vector) {
    return switch (vector.expectation()) {
      case Expectation.Invalid(var errors) -> new Reply.Refused(errors.getFirst(), "as it should");
      case Expectation.Acceptable(var outputs) -> new Reply.Result(values(outputs));
      case Expectation.Valid(var outputs) -> new Reply.Result(values(outputs));
    };
  }

  private static Map<String, Value> values(Map<String, ExpectedOutput> outputs) {
    Map<String, Value> values = new HashMap<>();
    outputs.forEach((name, output) -> values.put(name, output.value()));
    return values;
  }
}
