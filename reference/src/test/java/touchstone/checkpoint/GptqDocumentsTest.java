package touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.ZeroPointFormat;
import touchstone.json.StrictJson;

class GptqDocumentsTest {
  private static final GptqConfig CONFIG =
      new GptqConfig(
          3,
          -1,
          true,
          false,
          ZeroPointFormat.V1,
          OptionalDouble.of(0.01),
          true,
          false,
          Optional.of("model"));

  /** As AutoGPTQ v0.4.2 writes it: json.dumps of its fields in their order, with an indent of 2. */
  @Test
  @Tag("CALIB-4")
  void quantizeConfigIsAutoGptqsToTheByte() {
    assertThat(new String(GptqDocuments.quantizeConfig(CONFIG), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            {
              "bits": 3,
              "group_size": -1,
              "damp_percent": 0.01,
              "desc_act": true,
              "static_groups": true,
              "sym": false,
              "true_sequential": false,
              "model_name_or_path": null,
              "model_file_base_name": "model"
            }
            """);
  }

  @Test
  @Tag("CALIB-4")
  void configKeepsWhatItSaidAndSaysHowItIsQuantised() {
    ObjectNode before =
        TinyModel.object("{\"torch_dtype\": \"bfloat16\", \"custom\": [1, {}], \"eps\": 1e-05}");
    JsonNode after = parse(GptqDocuments.config(before, CONFIG, OptionalInt.of(4096)));
    assertThat(after)
        .isEqualTo(
            TinyModel.object(
                """
                {"torch_dtype": "float16", "custom": [1, {}], "eps": 1e-05,
                 "quantization_config": {"bits": 3, "damp_percent": 0.01, "dataset": null,
                   "desc_act": true, "group_size": -1, "model_seqlen": 4096,
                   "quant_method": "gptq", "static_groups": true, "sym": false,
                   "true_sequential": false}}
                """));
    assertThat(before.get("torch_dtype").textValue()).isEqualTo("bfloat16");
  }

  @Test
  void laterNameOfTheTypeIsKept() {
    ObjectNode before = TinyModel.object("{\"dtype\": \"float32\"}");
    JsonNode after = parse(GptqDocuments.config(before, CONFIG, OptionalInt.empty()));
    assertThat(after.get("dtype").textValue()).isEqualTo("float16");
    assertThat(after.has("torch_dtype")).isFalse();
    assertThat(after.get("quantization_config").has("model_seqlen")).isFalse();
  }

  private static JsonNode parse(byte[] bytes) {
    return StrictJson.parse("config.json", bytes);
  }
}
