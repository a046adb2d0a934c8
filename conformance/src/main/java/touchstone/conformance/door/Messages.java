package touchstone.conformance.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.Request;

/**
 * What the runner says to an adapter, and what it makes of the answers. docs/adapter-protocol.md is the
 * agreement.
 */
final class Messages {
  /** The version of the protocol. */
  static final int PROTOCOL = 1;

  private Messages() {}

  static ObjectNode hello(String suite, Path workDir) {
    return op("hello")
        .put("protocol", PROTOCOL)
        .put("suite", suite)
        .put("workDir", workDir.toString());
  }

  static ObjectNode load(String handle, Path directory) {
    return op("load").put("handle", handle).put("directory", directory.toString());
  }

  static ObjectNode run(long seq, Request request) {
    ObjectNode json =
        op("run").put("seq", seq).put("vector", request.vector()).put("call", request.call());
    json.set("args", request.arguments().json());
    return json;
  }

  static ObjectNode bye() {
    return op("bye");
  }

  private static ObjectNode op(String name) {
    return JsonNodeFactory.instance.objectNode().put("op", name);
  }

  /** Why a model was not loaded; empty if it was. */
  static Optional<Reply.Refused> loaded(JsonNode answer) throws ProtocolException {
    Fields fields = Fields.of("the answer to load", answer, Set.of("ok", "error"));
    if (fields.has("ok") == fields.has("error")) {
      throw new ProtocolException(
          "the answer to load has one of ok and error, not " + Fields.shortened(answer));
    }
    if (fields.has("error")) {
      return Optional.of(refused(fields.get("error")));
    }
    if (!fields.get("ok").isBoolean() || !fields.get("ok").booleanValue()) {
      throw new ProtocolException("ok is true or absent; what fails has an error");
    }
    return Optional.empty();
  }

  /** What came of a call; values that cannot be read are a broken reply. */
  static Reply reply(JsonNode answer, long seq, ResultValues values) throws ProtocolException {
    Fields fields =
        Fields.of("the answer to run", answer, Set.of("seq", "result", "skipped", "error"));
    if (fields.number("seq") != seq) {
      throw new ProtocolException(
          "answered seq %d when asked seq %d".formatted(fields.number("seq"), seq));
    }
    return outcome(((ObjectNode) answer).without("seq"), values);
  }

  /** What came of a call: one of result, skipped and error. */
  static Reply outcome(JsonNode outcome, ResultValues values) throws ProtocolException {
    Fields fields = Fields.of("the outcome", outcome, Set.of("result", "skipped", "error"));
    if (outcome.size() != 1) {
      throw new ProtocolException(
          "an outcome is exactly one of result, skipped and error, not "
              + Fields.shortened(outcome));
    }
    if (fields.has("skipped")) {
      return new Reply.Skipped(
          Fields.of("skipped", fields.get("skipped"), Set.of("reason")).text("reason"));
    }
    return fields.has("error") ? refused(fields.get("error")) : result(fields, values);
  }

  private static Reply.Refused refused(JsonNode error) throws ProtocolException {
    Fields fields = Fields.of("error", error, Set.of("class", "message"));
    return new Reply.Refused(fields.text("class"), fields.text("message"));
  }

  private static Reply result(Fields fields, ResultValues values) throws ProtocolException {
    JsonNode result = fields.get("result");
    if (!result.isObject() || result.isEmpty()) {
      throw new ProtocolException(
          "result must be an object of outputs by name, not " + Fields.shortened(result));
    }
    return values.read(result);
  }

  /** A refusal, as an adapter writes it. */
  static ObjectNode error(String errorClass, String message) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.putObject("error").put("class", errorClass).put("message", message);
    return json;
  }
}
