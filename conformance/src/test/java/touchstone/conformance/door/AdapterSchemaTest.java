package touchstone.conformance.door;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.RuntimeDescription;
import touchstone.golden.GoldenData;
import touchstone.json.StrictJson;

/** What the two ends of the protocol say is as its schema says. */
class AdapterSchemaTest {
  private static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schema());

  private static JsonNode schema() {
    return StrictJson.read(GoldenData.path("schemas/adapter.v1.json"), StrictJson.TOKENIZER_BYTES);
  }

  private static boolean valid(JsonNode message) {
    return SCHEMA.validate(message).isEmpty();
  }

  private static JsonNode json(String text) {
    return StrictJson.parse("message", text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void requestsOfTheRunnerAreValid() {
    assertThat(valid(Messages.hello("1.0.0", Path.of("/tmp")))).isTrue();
    assertThat(valid(Messages.load("models/pebble", Path.of("/models/pebble")))).isTrue();
    assertThat(valid(Messages.bye())).isTrue();
    assertThat(valid(Messages.bye().put("new", 1))).isFalse();
  }

  @Test
  void descriptionOfARuntimeIsValid() {
    RuntimeDescription runtime =
        new RuntimeDescription(
            "rival",
            "1.2",
            "C",
            Optional.of("https://example.org"),
            Set.of("logits"),
            NumericProfile.F16,
            OptionalInt.of(64));
    assertThat(valid(DescriptionJson.write(runtime))).isTrue();
  }

  @Test
  void callsAreThoseOfTheDoor() {
    Set<String> calls = new TreeSet<>();
    schema().at("/$defs/run/properties/call/enum").forEach(call -> calls.add(call.textValue()));
    assertThat(calls).isEqualTo(new TreeSet<>(Calls.names()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'ok': true}",
        "{'error': {'class': 'malformed', 'message': 'no header'}}",
        "{'seq': 1, 'result': {'ids': [1, 2]}}",
        "{'seq': 1, 'result': {'y': {'f32': [1], 'bits': '3f800000'}}}",
        "{'seq': 1, 'result': {'y': {'file': '/tmp/y.safetensors', 'tensor': 'y'}}}",
        "{'seq': 1, 'skipped': {'reason': 'too long'}}",
        "{'seq': 1, 'error': {'class': 'range', 'message': 'id 700'}}",
      })
  void answersOfAnAdapterAreValid(String message) {
    assertThat(valid(json(message.replace('\'', '"')))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'ok': false}",
        "{'ok': true, 'error': {'class': 'malformed', 'message': 'no header'}}",
        "{'seq': 1}",
        "{'seq': 1, 'result': {}}",
        "{'seq': 1, 'result': {'ids': [1]}, 'skipped': {'reason': 'too long'}}",
        "{'seq': 1, 'skipped': {}}",
        "{'op': 'run', 'seq': 1, 'vector': 'a/b/c', 'call': 'guess', 'args': {}}",
      })
  void whatTheProtocolDoesNotKnowIsInvalid(String message) {
    assertThat(valid(json(message.replace('\'', '"')))).isFalse();
  }
}
