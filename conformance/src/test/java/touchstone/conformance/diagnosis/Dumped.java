package touchstone.conformance.diagnosis;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.ValueJson;
import touchstone.conformance.suite.Vector;

/** A temporary folder of a runtime's answers, as {@code --files} reads it. */
record Dumped(Path folder) implements AutoCloseable {
  static Dumped of(RuntimeUnderTest runtime, List<Vector> vectors) {
    try {
      Path folder = Files.createTempDirectory("dumped");
      Files.writeString(
          folder.resolve("manifest.json"),
          """
          {"runtime": {"name": "dumped", "version": "1", "language": "Java"}, "profile": "f32"}
          """);
      for (Vector vector : vectors) {
        String file = vector.id().replace("/", "__");
        ObjectNode json = outcome(runtime.run(vector.request()), folder, file);
        Files.writeString(folder.resolve(file + ".json"), json.toString());
      }
      return new Dumped(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode outcome(Reply reply, Path folder, String file) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    switch (reply) {
      case Reply.Result(Map<String, Value> outputs) -> {
        ObjectNode result = json.putObject("result");
        outputs.forEach(
            (name, value) ->
                result.set(
                    name, ValueJson.write(value, folder.resolve(file + "." + name + ".tensors"))));
      }
      case Reply.Refused(String errorClass, String message) ->
          json.putObject("error").put("class", errorClass).put("message", message);
      case Reply.Skipped(String reason) -> json.putObject("skipped").put("reason", reason);
      case Reply.Broken(String what) -> throw new IllegalStateException(what);
    }
    return json;
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
