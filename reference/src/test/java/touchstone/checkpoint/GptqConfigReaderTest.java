package touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.ZeroPointFormat;

@Tag("CKPT-10")
class GptqConfigReaderTest {
  private static final String EMPTY = "{}";

  @TempDir Path directory;

  /** Reads from quantize_config.json alone. */
  private GptqConfig own(String json) {
    return read(Optional.of(json), EMPTY).orElseThrow();
  }

  /** Reads from config.json alone. */
  private GptqConfig embedded(String json) {
    return read(Optional.empty(), "{\"quantization_config\":" + json + "}").orElseThrow();
  }

  private GptqConfig both(String own, String embedded) {
    return read(Optional.of(own), "{\"quantization_config\":" + embedded + "}").orElseThrow();
  }

  private Optional<GptqConfig> read(Optional<String> own, String config) {
    try {
      Path file = directory.resolve("quantize_config.json");
      Files.deleteIfExists(file);
      if (own.isPresent()) {
        Files.writeString(file, own.get());
      }
      return GptqConfigReader.read(directory, TinyModel.object(config));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void nothingSaysThatTheModelIsQuantised() {
    assertThat(read(Optional.empty(), EMPTY)).isEmpty();
    assertThat(read(Optional.empty(), "{\"quantization_config\":null}")).isEmpty();
  }

  @Test
  void everyFieldOfAutoGptqIsRead() {
    assertThat(
            own(
                """
                {"bits": 3, "group_size": 64, "damp_percent": 0.1, "desc_act": true,
                 "static_groups": true, "sym": false, "true_sequential": false,
                 "model_name_or_path": "x", "model_file_base_name": "gptq_model-3bit-64g",
                 "is_marlin_format": false, "quant_method": "gptq", "checkpoint_format": "gptq_v2"}
                """))
        .isEqualTo(
            new GptqConfig(
                3,
                64,
                true,
                false,
                ZeroPointFormat.V2,
                OptionalDouble.of(0.1),
                true,
                false,
                Optional.of("gptq_model-3bit-64g")));
  }

  @Test
  void theDefaultsOfTheTwoFilesDiffer() {
    GptqConfig autoGptq = own(EMPTY);
    assertThat(autoGptq.bits()).isEqualTo(4);
    assertThat(autoGptq.groupSize()).isEqualTo(GptqConfig.NO_GROUPS);
    assertThat(autoGptq.actOrder()).isFalse();
    GptqConfig transformers = embedded("{\"bits\":4}");
    assertThat(transformers.groupSize()).isEqualTo(128);
    assertThat(transformers.actOrder()).isFalse();
    assertThatThrownBy(() -> embedded(EMPTY))
        .hasMessageContaining("quantization_config: bits: missing");
    for (GptqConfig config : List.of(autoGptq, transformers)) {
      assertThat(config.symmetric()).isTrue();
      assertThat(config.trueSequential()).isTrue();
      assertThat(config.staticGroups()).isFalse();
      assertThat(config.zeroPoints()).isEqualTo(ZeroPointFormat.V1);
      assertThat(config.dampPercent()).isEmpty();
      assertThat(config.modelFileBaseName()).isEmpty();
    }
  }

  @Test
  void synonymsMeanTheSame() {
    GptqConfig config =
        own("{\"w_bit\":8,\"q_group_size\":32,\"method\":\"gptq\",\"format\":\"gptq_v2\"}");
    assertThat(config.bits()).isEqualTo(8);
    assertThat(config.groupSize()).isEqualTo(32);
    assertThat(config.zeroPoints()).isEqualTo(ZeroPointFormat.V2);
    assertThat(own("{\"bits\":8,\"w_bit\":8}").bits()).isEqualTo(8);
  }

  /** Whole files as their programs write them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        // AutoGPTQ up to 0.3.2: no static_groups.
        """
        {"bits": 4, "group_size": 128, "damp_percent": 0.01, "desc_act": false, "sym": true,
         "true_sequential": true, "model_name_or_path": null, "model_file_base_name": null}
        """,
        // GPTQModel 5.
        """
        {"bits": 4, "dynamic": null, "group_size": 128, "desc_act": false, "lm_head": false,
         "quant_method": "gptq", "format": "gptq", "checkpoint_format": "gptq",
         "pack_dtype": "int32", "meta": {"quantizer": ["gptqmodel:5.0.0"], "damp_percent": 0.05,
         "static_groups": false, "true_sequential": true, "mse": 0.0}, "sym": true,
         "rotation": null, "adapter": null}
        """,
        // Transformers, all of GPTQConfig.
        """
        {"quant_method": "gptq", "bits": 4, "tokenizer": null, "dataset": ["a"],
         "group_size": 128, "damp_percent": 0.1, "desc_act": false, "act_group_aware": true,
         "sym": true, "true_sequential": true, "format": "gptq", "meta": null,
         "backend": "auto", "use_cuda_fp16": false, "model_seqlen": 4096,
         "block_name_to_quantize": "model.layers", "module_name_preceding_first_block": ["x"],
         "batch_size": 1, "pad_token_id": null, "use_exllama": true, "max_input_length": null,
         "exllama_config": {"version": 1}, "cache_block_outputs": true,
         "modules_in_block_to_quantize": null, "disable_exllama": false}
        """
      })
  void filesInCirculationAreRead(String json) {
    assertThatCode(() -> own(json)).doesNotThrowAnyException();
    assertThatCode(() -> embedded(json)).doesNotThrowAnyException();
  }

  @Test
  void filesThatAgreeOrCompleteEachOtherAreMerged() {
    GptqConfig config =
        both(
            "{\"bits\":4,\"group_size\":32,\"damp_percent\":0.1}",
            "{\"bits\":4,\"desc_act\":false,\"checkpoint_format\":\"gptq_v2\",\"sym\":false,"
                + "\"damp_percent\":0.5,\"model_file_base_name\":\"x\"}");
    assertThat(config)
        .isEqualTo(
            new GptqConfig(
                4,
                32,
                false,
                false,
                ZeroPointFormat.V2,
                OptionalDouble.of(0.1),
                false,
                true,
                Optional.of("x")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bits | 4 | 3 | 4 | 3",
        "group_size | 128 | 32 | 128 | 32",
        "group_size | -1 | 128 | -1 | 128",
        "desc_act | true | false | true | false",
        "sym | true | false | true | false",
        "checkpoint_format | \"gptq\" | \"gptq_v2\" | V1 | V2",
      })
  void filesThatContradictEachOtherAreRefused(
      String field, String own, String embedded, String mine, String other) {
    assertThatThrownBy(
            () ->
                both(
                    "{\"bits\":4,\"%s\":%s}"
                        .formatted(field, own)
                        .replace("\"bits\":4,\"bits\"", "\"bits\""),
                    "{\"bits\":4,\"%s\":%s}"
                        .formatted(field, embedded)
                        .replace("\"bits\":4,\"bits\"", "\"bits\"")))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CONFIG))
        .hasMessageContaining("quantize_config.json: " + field + ": " + mine + ", but")
        .hasMessageContaining("quantization_config says " + other);
  }

  @Test
  void aSynonymThatContradictsIsRefused() {
    assertThatThrownBy(() -> own("{\"bits\":4,\"w_bit\":3}"))
        .hasMessageContaining("bits: 4 (w_bit says 3");
    assertThatThrownBy(() -> own("{\"checkpoint_format\":\"gptq\",\"format\":\"gptq_v2\"}"))
        .hasMessageContaining("format says gptq_v2");
  }

  @Test
  void theSecondNameOfTheFileIsRead() throws IOException {
    Files.writeString(directory.resolve("quant_config.json"), "{\"w_bit\":8,\"q_group_size\":32}");
    assertThat(GptqConfigReader.read(directory, TinyModel.object(EMPTY)).orElseThrow().bits())
        .isEqualTo(8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bits | 0",
        "bits | 1",
        "bits | 5",
        "bits | 6",
        "bits | 7",
        "bits | 9",
        "bits | 16",
        "bits | -4",
        "bits | \"4\"",
        "bits | 4.0",
        "bits | 4.5",
        "bits | true",
        "bits | [4]",
        "bits | 2147483648",
        "w_bit | 5",
        "w_bit | \"4\"",
        "group_size | 0",
        "group_size | -2",
        "group_size | 1.5",
        "group_size | \"128\"",
        "group_size | 9223372036854775808",
        "group_size | {}",
        "q_group_size | 0",
        "desc_act | 1",
        "desc_act | \"false\"",
        "sym | \"true\"",
        "static_groups | 0",
        "true_sequential | []",
        "damp_percent | -0.1",
        "damp_percent | 2",
        "damp_percent | \"0.1\"",
        "damp_percent | 1e999",
        "checkpoint_format | 1",
        "quant_method | 1",
        "model_file_base_name | 1",
      })
  void aWrongValueIsNamed(String field, String value) {
    String json = "{\"" + field + "\":" + value + "}";
    assertThatThrownBy(() -> own(json))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CONFIG))
        .hasMessageContaining("quantize_config.json: " + field + ": ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "quant_method | \"awq\" | AWQ is not supported yet",
        "method | \"awq\" | AWQ is not supported yet",
        "zero_point | true | AWQ is not supported yet",
        "quant_method | \"bitsandbytes\" | supported: gptq",
        "quant_method | \"marlin\" | supported: gptq",
        "quant_method | \"fp8\" | supported: gptq",
        "checkpoint_format | \"marlin\" | supported: gptq and gptq_v2",
        "checkpoint_format | \"gemm\" | supported: gptq and gptq_v2",
        "format | \"bitblas\" | supported: gptq and gptq_v2",
        "format | \"gptq_p\" | supported: gptq and gptq_v2",
        "is_marlin_format | true | supported: ",
        "use_marlin | true | supported: ",
        "dynamic | {\"-:lm_head\":{}} | supported: ",
        "pack_dtype | \"int16\" | supported: ",
        "adapter | {\"name\":\"lora\"} | supported: ",
        "rotation | \"hadamard\" | supported: null",
        "modules_to_not_convert | [\"x\"] | supported: ",
        "surprise | 1 | not a known field of GPTQ",
      })
  void whatIsNotSupportedIsRefusedByName(String field, String value, String message) {
    String json = "{\"" + field + "\":" + value + "}";
    assertThatThrownBy(() -> own(json))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.UNSUPPORTED))
        .hasMessageContaining("quantize_config.json")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../model", "/model", "a/b", "C:model", "..\\\\x", "nul", ""})
  @Tag("CKPT-5")
  void aBaseNameThatLeavesTheFolderIsRefused(String name) {
    assertThatThrownBy(() -> own("{\"model_file_base_name\":\"" + name + "\"}"))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.FORMAT))
        .hasMessageContaining("model_file_base_name");
  }

  @Test
  void aTinyModelSaysHowItWasQuantised() {
    TinyModel model = TinyModel.gptq(directory, 4, 32).write();
    try (CheckpointDirectory checkpoint = model.openStrictly()) {
      assertThat(checkpoint.quantisation()).get().extracting(GptqConfig::bits).isEqualTo(4);
    }
    ObjectNode moved = model.quantizeConfig.orElseThrow();
    moved.put("quant_method", "gptq");
    model.config.set("quantization_config", moved);
    model.quantizeConfig = Optional.empty();
    model.delete("quantize_config.json");
    try (CheckpointDirectory checkpoint = model.write().openStrictly()) {
      assertThat(checkpoint.quantisation()).get().extracting(GptqConfig::bits).isEqualTo(4);
    }
  }
}
