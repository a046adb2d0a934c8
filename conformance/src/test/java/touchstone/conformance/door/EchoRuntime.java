package touchstone.conformance.door;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.Request;
import touchstone.conformance.runtime.RuntimeDescription;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.Value;

/** Gives its arguments back, or what they ask for; as a program of its own, over the process protocol. */
final class EchoRuntime implements RuntimeUnderTest {
  static final RuntimeDescription DESCRIPTION =
      new RuntimeDescription(
          "echo",
          "1.2",
          "Java",
          Optional.of("https://example.org"),
          Set.of("op.softmax", "tokenize"),
          NumericProfile.BF16,
          OptionalInt.of(7));

  /** Answers over standard input and output. */
  public static void main(String[] arguments) {
    ProtocolServer.serve(new EchoRuntime(), System.in, System.out);
  }

  @Override
  public RuntimeDescription description() {
    return DESCRIPTION;
  }

  @Override
  public Reply run(Request request) {
    Arguments arguments = request.arguments();
    return switch (arguments.has("reply") ? arguments.text("reply") : "") {
      case "skipped" -> new Reply.Skipped("not today");
      case "refused" -> new Reply.Refused("shape", "too wide");
      case "broken" -> new Reply.Broken("no more");
      default -> new Reply.Result(values(arguments));
    };
  }

  private static Map<String, Value> values(Arguments arguments) {
    Map<String, Value> values = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> argument : arguments.json().properties()) {
      values.put(argument.getKey(), arguments.values().read(argument.getValue()));
    }
    return values;
  }

  @Override
  public void close() {}
}
