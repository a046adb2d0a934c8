package touchstone.conformance.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.Request;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.TensorFiles;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.ValueJson;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.json.StrictJson;

/**
 * The adapter's end of the process protocol, for a runtime in this JVM: our own comes in by the same
 * door as everybody's. A model's handle reaches the runtime as the absolute path of its folder.
 */
public final class ProtocolServer {
  private final RuntimeUnderTest runtime;
  private final OutputStream out;
  private final TensorFiles files = new TensorFiles();
  private final Map<String, String> models = new HashMap<>();
  private Path workDir = Path.of("");

  private ProtocolServer(RuntimeUnderTest runtime, OutputStream out) {
    this.runtime = runtime;
    this.out = out;
  }

  /**
   * Answers until the other end says bye or falls silent.
   *
   * @param in requests, a line each
   * @param out answers, a line each; nothing else may write to it
   * @throws TouchstoneException PROTOCOL if the other end does not speak as agreed, or the runtime
   *     broke, for which the protocol has no words
   */
  public static void serve(RuntimeUnderTest runtime, InputStream in, OutputStream out) {
    ProtocolServer server = new ProtocolServer(runtime, out);
    Lines lines = new Lines(in);
    try (TensorFiles _ = server.files) {
      boolean more = true;
      while (more) {
        Optional<byte[]> line = lines.next();
        more = line.isPresent() && server.answer(StrictJson.parse("request", line.get()));
      }
    } catch (IOException e) {
      throw TouchstoneException.because(
          Fault.IO, "standard input or output", e.getMessage(), "does the other end still run?", e);
    } catch (ProtocolException e) {
      throw wrong(e.getMessage());
    }
  }

  /** Whether there is more to come. */
  private boolean answer(JsonNode request) throws IOException {
    switch (request.path("op").asText()) {
      case "hello" -> write(hello(request));
      case "load" -> write(load(request));
      case "run" -> write(run(request));
      case "bye" -> {
        return false;
      }
      default -> throw wrong("unknown op in " + Fields.shortened(request));
    }
    return true;
  }

  private void write(ObjectNode answer) throws IOException {
    out.write((answer + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private ObjectNode hello(JsonNode request) {
    int protocol = request.path("protocol").asInt();
    if (protocol != Messages.PROTOCOL) {
      throw wrong("protocol %d, this is %d".formatted(protocol, Messages.PROTOCOL));
    }
    workDir = Path.of(request.path("workDir").asText());
    return DescriptionJson.write(runtime.description());
  }

  private ObjectNode load(JsonNode request) {
    Path directory = Path.of(request.path("directory").asText());
    if (!Files.isDirectory(directory)) {
      return Messages.error("malformed", directory + " is no folder");
    }
    models.put(request.path("handle").asText(), directory.toString());
    return JsonNodeFactory.instance.objectNode().put("ok", true);
  }

  private ObjectNode run(JsonNode request) throws IOException {
    if (!(request.path("args") instanceof ObjectNode arguments)) {
      throw wrong("no args in " + Fields.shortened(request));
    }
    String model = models.get(arguments.path("model").asText());
    if (model != null) {
      arguments.put("model", model);
    }
    Reply reply =
        runtime.run(
            new Request(
                request.path("vector").asText(),
                request.path("call").asText(),
                new Arguments(arguments, new ValueJson(files))));
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.set("seq", request.path("seq"));
    return answer.setAll(said(reply));
  }

  private ObjectNode said(Reply reply) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    switch (reply) {
      case Reply.Result(Map<String, Value> outputs) ->
          json.putObject("result").setAll(written(outputs));
      case Reply.Skipped(String reason) -> json.putObject("skipped").put("reason", reason);
      case Reply.Refused(String errorClass, String message) ->
          json.setAll(Messages.error(errorClass, message));
      case Reply.Broken(String what) -> throw wrong(what);
    }
    return json;
  }

  /** Outputs as JSON; a file is written again with every request, its numbers having been read by then. */
  private Map<String, JsonNode> written(Map<String, Value> outputs) {
    Map<String, JsonNode> written = new LinkedHashMap<>();
    new TreeMap<>(outputs)
        .forEach(
            (name, value) -> {
              Path file = workDir.resolve("output-%d.safetensors".formatted(written.size()));
              written.put(name, ValueJson.write(value, file));
            });
    return written;
  }

  private static TouchstoneException wrong(String found) {
    return TouchstoneException.of(
        Fault.PROTOCOL, "adapter", found, "docs/adapter-protocol.md says what may be asked");
  }
}
