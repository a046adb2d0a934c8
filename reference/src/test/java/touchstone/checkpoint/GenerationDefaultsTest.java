package touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

@Tag("CKPT-15")
class GenerationDefaultsTest {
  @TempDir Path directory;

  private GenerationDefaults read(String json) {
    TinyModel model = TinyModel.dense(directory).write();
    model.writeText("generation_config.json", json);
    try (CheckpointDirectory checkpoint = model.open()) {
      return checkpoint.generationDefaults();
    }
  }

  @Test
  void everyFieldIsRead() {
    assertThat(
            read(
                """
                {"temperature": 0.6, "top_k": 50, "top_p": 0.9, "min_p": 0.05,
                 "repetition_penalty": 1.1, "do_sample": true, "max_new_tokens": 64,
                 "max_length": 4096, "bos_token_id": 1, "eos_token_id": [2, 7],
                 "pad_token_id": -1, "_from_model_config": true, "transformers_version": "4.31.0"}
                """))
        .isEqualTo(
            new GenerationDefaults(
                OptionalDouble.of(0.6),
                OptionalInt.of(50),
                OptionalDouble.of(0.9),
                OptionalDouble.of(0.05),
                OptionalDouble.of(1.1),
                Optional.of(true),
                OptionalInt.of(64),
                OptionalInt.of(4096),
                OptionalInt.of(1),
                List.of(2, 7),
                OptionalInt.of(-1)));
  }

  @Test
  void everyFieldMayBeAbsentOrNull() {
    GenerationDefaults nothing = read("{}");
    assertThat(nothing.temperature()).isEmpty();
    assertThat(nothing.eosIds()).isEmpty();
    assertThat(
            read("{\"temperature\":null,\"top_k\":null,\"do_sample\":null,\"eos_token_id\":null}"))
        .isEqualTo(nothing);
  }

  @Test
  void withoutTheFileTheFieldsOfTheConfigurationCount() {
    TinyModel model = TinyModel.dense(directory);
    model.config.put("temperature", 0.7).put("max_length", 77);
    try (CheckpointDirectory checkpoint = model.write().openStrictly()) {
      GenerationDefaults defaults = checkpoint.generationDefaults();
      assertThat(defaults.temperature()).hasValue(0.7);
      assertThat(defaults.maxLength()).hasValue(77);
      assertThat(defaults.eosIds()).containsExactly(2);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "temperature | -0.1",
        "temperature | \"1\"",
        "temperature | 1e999",
        "temperature | true",
        "top_k | -1",
        "top_k | 1.5",
        "top_k | 2147483648",
        "top_p | 1.1",
        "top_p | -0.1",
        "min_p | 2",
        "repetition_penalty | 0",
        "repetition_penalty | -1",
        "do_sample | 1",
        "do_sample | \"true\"",
        "max_new_tokens | 0",
        "max_length | -5",
        "bos_token_id | -1",
        "eos_token_id | [2,-1]",
        "eos_token_id | \"2\"",
        "eos_token_id | [[2]]",
        "pad_token_id | 0.5",
        "eos_token_id | 64",
        "eos_token_id | [2,64]",
      })
  void aWrongValueIsNamed(String field, String value) {
    assertThatThrownBy(() -> read("{\"" + field + "\":" + value + "}"))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CONFIG))
        .hasMessageContaining("generation_config.json: " + field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "num_beams | 4",
        "typical_p | 0.9",
        "penalty_alpha | 0.6",
        "no_repeat_ngram_size | 3",
        "suppress_tokens | [5]",
        "min_new_tokens | 10",
        "stop_strings | [\"x\"]",
      })
  void whatIsNotSupportedIsAWarning(String field, String value) {
    TinyModel model = TinyModel.dense(directory).write();
    model.writeText("generation_config.json", "{\"" + field + "\":" + value + "}");
    try (CheckpointDirectory checkpoint = model.open()) {
      assertThat(checkpoint.warnings())
          .singleElement()
          .asString()
          .contains("generation_config.json: " + field + ": " + value + "; not supported");
    }
    assertThatThrownBy(model::openStrictly).hasMessageContaining(field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "num_beams | 1",
        "typical_p | 1.0",
        "suppress_tokens | null",
        "stop_strings | []",
        "guidance_scale | null",
        "cache_implementation | \"static\"",
        "unknown | {}",
      })
  void whatChangesNothingIsNoWarning(String field, String value) {
    TinyModel model = TinyModel.dense(directory).write();
    model.writeText("generation_config.json", "{\"" + field + "\":" + value + "}");
    try (CheckpointDirectory checkpoint = model.openStrictly()) {
      assertThat(checkpoint.warnings()).isEmpty();
    }
  }

  @Test
  void aFileThatIsNotAnObjectIsRefused() {
    for (String json : List.of("[]", "1", "", "{", "null")) {
      assertThatThrownBy(() -> read(json))
          .isInstanceOf(TouchstoneException.class)
          .hasMessageContaining("generation_config.json");
    }
  }
}
