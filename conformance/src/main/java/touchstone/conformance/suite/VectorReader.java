package touchstone.conformance.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import touchstone.conformance.runtime.Request;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** Reads vector files of schema {@code suite.v1.json}. */
final class VectorReader {
  private final Path root;
  private final ValueJson values;

  VectorReader(Path root, ValueJson values) {
    this.root = root;
    this.values = values;
  }

  List<Vector> read(Path file, JsonNode json) {
    List<Vector> vectors = new ArrayList<>();
    for (JsonNode group : json.path("groups")) {
      for (JsonNode vector : group.path("vectors")) {
        vectors.add(read(file, json, vector));
      }
    }
    return vectors;
  }

  private Vector read(Path file, JsonNode json, JsonNode vector) {
    String id = vector.path("id").asText();
    try {
      return new Vector(
          id,
          json.path("topic").asText(),
          vector.path("title").asText(),
          Level.of(vector.path("level").asText()),
          texts(vector.path("rules")),
          texts(vector.path("flags")).stream().map(flag -> note(flag, json)).toList(),
          new Request(
              id,
              vector.path("call").asText(),
              new Arguments((ObjectNode) resolved(vector.path("args")), values)),
          expectation(resolved(vector.path("expect"))));
    } catch (IllegalArgumentException | ClassCastException e) {
      throw TouchstoneException.because(
          Fault.FORMAT, file + ": " + id, e.getMessage(), "restore the file; it is generated", e);
    }
  }

  private static Note note(String flag, JsonNode json) {
    JsonNode note = json.path("notes").path(flag);
    if (note.isMissingNode()) {
      throw new IllegalArgumentException("flag " + flag + " has no note");
    }
    return new Note(
        flag,
        note.path("bugType").asText(),
        note.path("description").asText(),
        note.path("effect").asText(),
        texts(note.path("links")));
  }

  /** With blobs as files. */
  private JsonNode resolved(JsonNode json) {
    JsonNode copy = json.deepCopy();
    resolve(copy);
    return copy;
  }

  private void resolve(JsonNode json) {
    if (json instanceof ObjectNode object && object.has("blob")) {
      String blob = object.remove("blob").asText();
      object.put("file", root.resolve("blobs").resolve(blob + ".safetensors").toString());
    }
    json.forEach(this::resolve);
  }

  private Expectation expectation(JsonNode json) {
    return switch (json.path("result").asText()) {
      case "valid" -> new Expectation.Valid(outputs(json.path("outputs")));
      case "acceptable" -> new Expectation.Acceptable(outputs(json.path("outputs")));
      case "invalid" -> new Expectation.Invalid(texts(json.path("errors")));
      default -> throw new IllegalArgumentException("unknown result " + json.path("result"));
    };
  }

  private SequencedMap<String, ExpectedOutput> outputs(JsonNode json) {
    SequencedMap<String, ExpectedOutput> outputs = new LinkedHashMap<>();
    json.properties()
        .forEach(
            output ->
                outputs.put(
                    output.getKey(),
                    new ExpectedOutput(
                        values.read(output.getValue().path("value")),
                        accept(output.getValue().path("accept")))));
    return outputs;
  }

  private Accept accept(JsonNode json) {
    return switch (json.path("kind").asText()) {
      case "bits" -> new Accept.Bits();
      case "ulp" -> new Accept.Ulp(json.path("max").intValue());
      case "gauge" ->
          new Accept.Gauge(json.path("terms").intValue(), values.tensor(json.path("gauge")));
      case "either" -> new Accept.Either(list(json.path("values")).map(values::read).toList());
      case "spread" -> new Accept.Spread(json.path("factor").intValue(), spread(json));
      case "tokens" ->
          new Accept.Tokens(
              values.tensor(json.path("margins")), json.path("factor").intValue(), spread(json));
      default -> throw new IllegalArgumentException("unknown tolerance " + json.path("kind"));
    };
  }

  private static Map<String, Double> spread(JsonNode accept) {
    Map<String, Double> spread = new LinkedHashMap<>();
    accept
        .path("spread")
        .properties()
        .forEach(entry -> spread.put(entry.getKey(), ValueJson.real(entry.getValue().asText())));
    return spread;
  }

  private static List<String> texts(JsonNode array) {
    return list(array).map(JsonNode::asText).toList();
  }

  private static Stream<JsonNode> list(JsonNode array) {
    List<JsonNode> items = new ArrayList<>();
    array.forEach(items::add);
    return items.stream();
  }
}
