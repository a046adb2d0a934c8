package touchstone.conformance.lint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import touchstone.golden.GoldenData;
import touchstone.json.StrictJson;

/** All golden data is as its schema says, and the schemas say enough. */
class SchemaTest {
  private static final JsonSchema SUITE = schema("suite.v1.json");

  private static JsonSchema schema(String name) {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(
            json(GoldenData.path("schemas/" + name)), SchemaValidatorsConfig.builder().build());
  }

  private static JsonNode json(Path file) {
    return StrictJson.read(file, StrictJson.TOKENIZER_BYTES);
  }

  private static List<String> errors(JsonSchema schema, JsonNode json) {
    return schema.validate(json).stream().map(ValidationMessage::toString).limit(3).toList();
  }

  @TestFactory
  Stream<DynamicTest> everyFileThatNamesItsSchemaIsValid() {
    List<Path> files = new ArrayList<>(VectorFile.below(GoldenData.path("vectors")));
    files.add(GoldenData.path("MANIFEST.json"));
    return files.stream()
        .filter(file -> file.toString().endsWith(".json"))
        .map(
            file ->
                DynamicTest.dynamicTest(
                    GoldenData.root().relativize(file).toString(),
                    () -> {
                      JsonNode json = json(file);
                      JsonSchema schema = schema(json.get("schema").textValue());
                      assertThat(errors(schema, json)).isEmpty();
                    }));
  }

  @Test
  void everyQuestionIsValid() throws IOException {
    JsonSchema schema = schema("answers.v1.json");
    for (String line : Files.readAllLines(GoldenData.path("vectors/answers/pebble.jsonl"))) {
      JsonNode json = StrictJson.parse("question", line.getBytes(StandardCharsets.UTF_8));
      assertThat(errors(schema, json)).isEmpty();
    }
  }

  /** Whoever adds a field by mistake, at any depth, hears of it. */
  @Test
  void noObjectTakesUnknownFields() {
    for (Path file : VectorFile.below(GoldenData.path("schemas"))) {
      requireClosed(file.getFileName().toString(), json(file));
    }
  }

  private static void requireClosed(String where, JsonNode schema) {
    if (schema.has("properties") && schema.path("type").asText().equals("object")) {
      assertThat(schema.path("additionalProperties").asText("open"))
          .as("%s: %s", where, schema.get("properties"))
          .isEqualTo("false");
      assertThat(schema.path("required").isArray()).as("%s: required", where).isTrue();
    }
    schema
        .properties()
        .forEach(child -> requireClosed(where + "/" + child.getKey(), child.getValue()));
    for (int i = 0; schema.isArray() && i < schema.size(); i++) {
      requireClosed(where + "/" + i, schema.get(i));
    }
  }

  private static List<String> errorsAfter(Consumer<ObjectNode> change) {
    ObjectNode file =
        (ObjectNode) json(GoldenData.path("vectors/logits/tiny-fp32-bias.json")).deepCopy();
    change.accept((ObjectNode) file.at("/groups/0/vectors/0"));
    return errors(SUITE, file);
  }

  @Test
  void vectorsAreHeldToTheirCall() {
    assertThat(errorsAfter(vector -> {})).isEmpty();
    assertThat(errorsAfter(v -> v.put("call", "decode"))).isNotEmpty();
    assertThat(errorsAfter(v -> v.put("level", "must"))).isNotEmpty();
    assertThat(errorsAfter(v -> v.put("comment", "new"))).isNotEmpty();
    assertThat(errorsAfter(v -> v.withObject("/args").put("top", 1))).isNotEmpty();
    assertThat(errorsAfter(v -> v.withObject("/args").remove("tokens"))).isNotEmpty();
    assertThat(errorsAfter(v -> v.withObject("/expect/outputs").remove("logits"))).isNotEmpty();
    assertThat(
            errorsAfter(
                v ->
                    v.withObject("/expect/outputs/logits/accept/spread")
                        .put("fp8", "f64:0000000000000000")))
        .isNotEmpty();
    assertThat(errorsAfter(v -> v.withObject("/expect").put("result", "perhaps"))).isNotEmpty();
  }

  @Test
  void publicBugsHaveALink() {
    ObjectNode note =
        JsonNodeFactory.instance
            .objectNode()
            .put("bugType", "KNOWN_BUG")
            .put("description", "d")
            .put("effect", "e");
    ObjectNode file =
        (ObjectNode) json(GoldenData.path("vectors/logits/tiny-fp32-bias.json")).deepCopy();
    file.withObject("/notes").set("New", note);
    assertThat(errors(SUITE, file)).isNotEmpty();
    note.putArray("links").add("https://example.org");
    assertThat(errors(SUITE, file)).isEmpty();
  }
}
