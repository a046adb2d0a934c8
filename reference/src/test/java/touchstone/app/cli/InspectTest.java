package touchstone.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import touchstone.error.Fault;
import touchstone.golden.GoldenData;
import touchstone.json.StrictJson;

/** What inspect shows of a directory. */
class InspectTest {

  private static String model(String name) {
    return GoldenData.path("models").resolve(name).toString();
  }

  private static JsonNode json(String name) {
    String line = Outcome.of("inspect", "--json", "-m", model(name)).requireResult();
    assertThat(line.indexOf('\n')).as("one line").isEqualTo(line.length() - 1);
    return StrictJson.parse("inspect", line.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void tableShowsShapeQuantisationAndKindsOfTensors() {
    String table = Outcome.of("inspect").requireResult();
    assertThat(table)
        .contains(
            "shape         3 layers, dim 512, hidden 640, 8 heads of 64, 2 kv heads, vocab 640\n")
        .contains("quantisation  GPTQ 4-bit, groups of 32, act-order, symmetric,")
        .containsPattern(
            "model\\.layers\\.\\*\\.mlp\\.down_proj\\.qweight +I32 +\\[80, 512] +3 +491,520\n")
        .endsWith("no problems found\n");
    assertThat(table.lines()).hasSizeLessThan(60);
  }

  @Test
  void allListsEveryTensor() {
    assertThat(Outcome.of("inspect", "--all").requireResult())
        .contains("model.layers.2.mlp.down_proj.g_idx")
        .doesNotContain("*");
  }

  @Test
  void jsonHoldsConfigurationQuantisationAndTensors() {
    JsonNode root = json("pebble-gptq-4bit-32g");
    assertThat(root.at("/config/kv_heads").intValue()).isEqualTo(2);
    assertThat(root.at("/config/context_length").intValue()).isEqualTo(1024);
    assertThat(root.at("/quantisation/group_size").intValue()).isEqualTo(32);
    assertThat(root.at("/quantisation/act_order").booleanValue()).isTrue();
    assertThat(root.get("tensors")).hasSize(114);
    long bytes =
        StreamSupport.stream(root.get("tensors").spliterator(), false)
            .mapToLong(tensor -> tensor.get("bytes").longValue())
            .sum();
    assertThat(root.get("bytes").longValue()).isEqualTo(bytes);
    assertThat(root.get("problems")).isEmpty();
  }

  @Test
  void unquantisedShardedModelSaysWhichFileHoldsATensor() {
    JsonNode root = json("tiny-bf16-sharded");
    assertThat(root.has("quantisation")).isFalse();
    assertThat(
            StreamSupport.stream(root.get("tensors").spliterator(), false)
                .map(tensor -> tensor.get("file").textValue())
                .distinct())
        .hasSize(3);
  }

  @Test
  void mislabelledModelIsAProblemAndUnderStrictAFault() {
    String name = "tiny-gptq-4bit-64g-mislabelled-v2";
    assertThat(json(name).get("problems")).isNotEmpty();
    String table = Outcome.of("inspect", "-m", model(name)).requireResult();
    assertThat(table).contains("\nproblem: ").doesNotContain("no problems");
    Outcome.of("inspect", "--strict", "-m", model(name)).requireFault(Fault.FORMAT);
  }

  @Test
  void everyGoldenModelCanBeInspected() {
    for (String name :
        new String[] {
          "pebble",
          "tiny-fp16-tied",
          "tiny-rope-dynamic",
          "tiny-rope-linear",
          "tiny-gptq-3bit-nogroup"
        }) {
      assertThat(json(name).at("/config/layers").intValue()).isPositive();
    }
  }
}
