package touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.llama.LlamaConfig;
import touchstone.llama.RopeScaling;

class ConfigReaderTest {
  /** As Llama-2-70B has it, written by Transformers 4.31. */
  private static final String LLAMA_70B =
      """
      {"_name_or_path": "meta-llama/Llama-2-70b-hf", "architectures": ["LlamaForCausalLM"],
       "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu", "hidden_size": 8192,
       "initializer_range": 0.02, "intermediate_size": 28672, "max_position_embeddings": 4096,
       "model_type": "llama", "num_attention_heads": 64, "num_hidden_layers": 80,
       "num_key_value_heads": 8, "pad_token_id": 0, "pretraining_tp": 1, "rms_norm_eps": 1e-05,
       "rope_scaling": null, "tie_word_embeddings": false, "torch_dtype": "float16",
       "transformers_version": "4.31.0", "use_cache": true, "vocab_size": 32000}
      """;

  /** Every field that is a number, with the least value that is accepted. */
  private static final Map<String, String> NUMBERS =
      Map.ofEntries(
          Map.entry("vocab_size", "required int"),
          Map.entry("hidden_size", "required int"),
          Map.entry("intermediate_size", "required int"),
          Map.entry("num_hidden_layers", "required int"),
          Map.entry("num_attention_heads", "required int"),
          Map.entry("num_key_value_heads", "nullable int"),
          Map.entry("head_dim", "nullable int"),
          Map.entry("max_position_embeddings", "int"),
          Map.entry("rms_norm_eps", "number or 0"),
          Map.entry("rope_theta", "number"),
          Map.entry("bos_token_id", "int or 0"),
          Map.entry("eos_token_id", "nullable int or 0"));

  private static final List<String> FLAGS =
      List.of("tie_word_embeddings", "attention_bias", "mlp_bias");

  /** Values that no numeric field takes. */
  private static final List<String> NEVER =
      List.of(
          "-1",
          "\"4096\"",
          "\"\"",
          "true",
          "false",
          "{}",
          "[\"1\"]",
          "[1.5]",
          "[[1]]",
          "1e999",
          "-1e999",
          "1e400",
          "9223372036854775808",
          "99999999999999999999",
          "-0.5",
          "[-1]",
          "[null]",
          "\"NaN\"",
          "\"Infinity\"",
          "[9223372036854775808]");

  /** Values that no numeric field with whole numbers takes. */
  private static final List<String> NEVER_WHOLE =
      List.of("1.5", "4096.0", "1e3", "2147483648", "9223372036854775807", "-2147483649", "1e-5");

  /** Not JSON at all. */
  private static final List<String> BROKEN =
      List.of("NaN", "Infinity", "-Infinity", "01", "+1", ".5", "0x10", "1_000", "", "1 2", "'1'");

  @TempDir Path directory;

  private LlamaConfig read(String json) {
    try {
      return ConfigReader.read(Files.writeString(directory.resolve("config.json"), json));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private LlamaConfig readWith(String field, String value) {
    return read(with(field, value));
  }

  /** The 70B configuration with one field set; the text of the value is taken as it is. */
  private static String with(String field, String value) {
    ObjectNode json = TinyModel.object(LLAMA_70B);
    json.remove(field);
    String rest = json.toString();
    return "{\"" + field + "\":" + value + "," + rest.substring(1);
  }

  @Test
  void llama70bIsRead() {
    assertThat(read(LLAMA_70B))
        .isEqualTo(
            new LlamaConfig(
                32000,
                8192,
                28672,
                80,
                64,
                8,
                128,
                4096,
                1e-5f,
                10000,
                new RopeScaling.None(),
                false,
                false,
                false,
                1,
                List.of(2)));
  }

  @Test
  @Tag("CKPT-8")
  void whatIsAbsentTakesTheDefaultOfTheClass() {
    LlamaConfig config =
        read(
            """
            {"model_type": "llama", "vocab_size": 100, "hidden_size": 32, "intermediate_size": 64,
             "num_hidden_layers": 1, "num_attention_heads": 4}
            """);
    assertThat(config)
        .isEqualTo(
            new LlamaConfig(
                100,
                32,
                64,
                1,
                4,
                4,
                8,
                2048,
                1e-6f,
                10000,
                new RopeScaling.None(),
                false,
                false,
                false,
                1,
                List.of(2)));
  }

  /** Configurations as they stand on the Hub or in its tools, by whom they were written. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        // Conversions of LLaMA before Transformers took it in, 4.27.
        """
        {"architectures": ["LLaMAForCausalLM"], "bos_token_id": 0, "eos_token_id": 1,
         "hidden_act": "silu", "hidden_size": 4096, "intermediate_size": 11008,
         "initializer_range": 0.02, "max_sequence_length": 2048, "model_type": "llama",
         "num_attention_heads": 32, "num_hidden_layers": 32, "pad_token_id": -1,
         "rms_norm_eps": 1e-06, "torch_dtype": "float16", "transformers_version": "4.27.0.dev0",
         "use_cache": true, "vocab_size": 32000}
        """,
        // Vicuna 1.5, 4.31: a length for generation, and the longer variant's scaling.
        """
        {"_name_or_path": "vicuna-13b-v1.5-16k", "architectures": ["LlamaForCausalLM"],
         "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu", "hidden_size": 5120,
         "initializer_range": 0.02, "intermediate_size": 13824, "max_length": 4096,
         "max_position_embeddings": 4096, "max_sequence_length": 16384, "model_type": "llama",
         "num_attention_heads": 40, "num_hidden_layers": 40, "num_key_value_heads": 40,
         "pad_token_id": 0, "pretraining_tp": 1, "rms_norm_eps": 1e-05,
         "rope_scaling": {"factor": 4.0, "type": "linear"}, "tie_word_embeddings": false,
         "torch_dtype": "float16", "transformers_version": "4.31.0", "use_cache": true,
         "vocab_size": 32000}
        """,
        // CodeLlama 34B, 4.32: another base, no quantisation.
        """
        {"_name_or_path": "x", "architectures": ["LlamaForCausalLM"], "bos_token_id": 1,
         "eos_token_id": 2, "hidden_act": "silu", "hidden_size": 8192, "initializer_range": 0.02,
         "intermediate_size": 22016, "max_position_embeddings": 16384, "model_type": "llama",
         "num_attention_heads": 64, "num_hidden_layers": 48, "num_key_value_heads": 8,
         "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_scaling": null, "rope_theta": 1000000,
         "tie_word_embeddings": false, "torch_dtype": "bfloat16",
         "transformers_version": "4.32.0.dev0", "use_cache": true, "vocab_size": 32000}
        """,
        // A GPTQ repository of September 2023, the quantisation added by hand.
        """
        {"architectures": ["LlamaForCausalLM"], "bos_token_id": 1, "eos_token_id": 2,
         "hidden_act": "silu", "hidden_size": 8192, "initializer_range": 0.02,
         "intermediate_size": 28672, "max_position_embeddings": 4096, "model_type": "llama",
         "num_attention_heads": 64, "num_hidden_layers": 80, "num_key_value_heads": 8,
         "pad_token_id": 0, "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_scaling": null,
         "rope_theta": 10000.0, "tie_word_embeddings": false, "torch_dtype": "float16",
         "transformers_version": "4.32.0", "use_cache": false, "vocab_size": 32000,
         "quantization_config": {"bits": 4, "group_size": 128, "damp_percent": 0.1,
         "desc_act": true, "model_file_base_name": "model", "model_name_or_path": null,
         "quant_method": "gptq", "static_groups": false, "sym": true, "true_sequential": true}}
        """,
        // to_dict instead of to_diff_dict, 4.3x: every field of the base class.
        """
        {"return_dict": true, "output_hidden_states": false, "output_attentions": false,
         "torchscript": false, "torch_dtype": "float16", "use_bfloat16": false,
         "tf_legacy_loss": false, "pruned_heads": {}, "tie_word_embeddings": false,
         "chunk_size_feed_forward": 0, "is_encoder_decoder": false, "is_decoder": false,
         "cross_attention_hidden_size": null, "add_cross_attention": false,
         "tie_encoder_decoder": false, "max_length": 20, "min_length": 0, "do_sample": false,
         "early_stopping": false, "num_beams": 1, "num_beam_groups": 1, "diversity_penalty": 0.0,
         "temperature": 1.0, "top_k": 50, "top_p": 1.0, "typical_p": 1.0,
         "repetition_penalty": 1.0, "length_penalty": 1.0, "no_repeat_ngram_size": 0,
         "encoder_no_repeat_ngram_size": 0, "bad_words_ids": null, "num_return_sequences": 1,
         "output_scores": false, "return_dict_in_generate": false, "forced_bos_token_id": null,
         "forced_eos_token_id": null, "remove_invalid_values": false,
         "exponential_decay_length_penalty": null, "suppress_tokens": null,
         "begin_suppress_tokens": null, "architectures": ["LlamaForCausalLM"],
         "finetuning_task": null, "id2label": {"0": "LABEL_0"}, "label2id": {"LABEL_0": 0},
         "tokenizer_class": null, "prefix": null, "bos_token_id": 1, "pad_token_id": null,
         "eos_token_id": 2, "sep_token_id": null, "decoder_start_token_id": null,
         "task_specific_params": null, "problem_type": null, "_name_or_path": "",
         "_attn_implementation_autoset": true, "transformers_version": "4.46.3",
         "model_type": "llama", "vocab_size": 32000, "max_position_embeddings": 4096,
         "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2,
         "num_attention_heads": 4, "num_key_value_heads": 2, "hidden_act": "silu",
         "initializer_range": 0.02, "rms_norm_eps": 1e-05, "pretraining_tp": 1,
         "use_cache": true, "rope_theta": 10000.0, "rope_scaling": null,
         "attention_bias": false, "attention_dropout": 0.0, "mlp_bias": false, "head_dim": 16}
        """,
        // Transformers 5: dtype, rope_parameters, the old type kept beside the new one.
        """
        {"architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
         "bos_token_id": 1, "dtype": "float32", "eos_token_id": [2, 5], "head_dim": 128,
         "hidden_act": "silu", "hidden_size": 4096, "initializer_range": 0.02,
         "intermediate_size": 11008, "max_position_embeddings": 2048, "mlp_bias": false,
         "model_type": "llama", "num_attention_heads": 32, "num_hidden_layers": 32,
         "num_key_value_heads": 32, "pad_token_id": null, "pretraining_tp": 1,
         "rms_norm_eps": 1e-06, "rope_parameters": {"factor": 2.0, "rope_theta": 10000.0,
         "rope_type": "dynamic", "type": "dynamic"}, "tie_word_embeddings": false,
         "transformers_version": "5.18.0", "use_cache": true, "vocab_size": 32000}
        """,
        // Nanotron's and Unsloth's additions.
        """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "is_llama_config": true,
         "rope_interleaved": false, "unsloth_version": "2024.9", "hidden_size": 576,
         "intermediate_size": 1536, "num_attention_heads": 9, "num_key_value_heads": 3,
         "num_hidden_layers": 30, "vocab_size": 49152, "bos_token_id": 0, "eos_token_id": 0,
         "pad_token_id": null, "rope_scaling": null, "sliding_window": null,
         "use_sliding_window": false}
        """
      })
  void configurationsInCirculationAreRead(String json) {
    assertThatCode(() -> read(json)).doesNotThrowAnyException();
  }

  @Test
  @Tag("CKPT-7")
  void everyNumericFieldRefusesEveryWrongValue() {
    int cases = 0;
    for (Map.Entry<String, String> field : NUMBERS.entrySet()) {
      List<String> wrong = new ArrayList<>(NEVER);
      if (field.getValue().contains("int")) {
        wrong.addAll(NEVER_WHOLE);
      }
      if (!field.getValue().contains("or 0")) {
        wrong.add("0");
      }
      if (!field.getValue().contains("nullable")) {
        wrong.add("null");
      }
      if (!field.getKey().equals("eos_token_id")) {
        wrong.addAll(List.of("[]", "[1]"));
      }
      // As rms_norm_eps a number of any size is a number, but not beyond a float.
      if (field.getKey().equals("rope_theta")) {
        wrong.removeAll(Set.of("9223372036854775808", "99999999999999999999"));
      }
      if (field.getKey().equals("rms_norm_eps")) {
        wrong.removeAll(Set.of("9223372036854775808", "99999999999999999999"));
        wrong.add("1e39");
      }
      for (String value : wrong) {
        assertRefused(field.getKey(), value, Fault.CONFIG);
        cases++;
      }
    }
    assertThat(cases).isGreaterThanOrEqualTo(300);
  }

  @Test
  void everyNumericFieldRefusesWhatIsNotJson() {
    for (String field : NUMBERS.keySet()) {
      for (String value : BROKEN) {
        assertThatThrownBy(() -> readWith(field, value))
            .as(field + " " + value)
            .isInstanceOfSatisfying(
                TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.FORMAT))
            .hasMessageContaining("config.json: line 1 column");
      }
    }
  }

  @Test
  void everyFieldStandsOnce() {
    List<String> fields = new ArrayList<>(NUMBERS.keySet());
    fields.addAll(FLAGS);
    for (String field : fields) {
      String twice = with(field, "1").replaceFirst("\\{", "{\"" + field + "\":1,");
      assertThatThrownBy(() -> read(twice))
          .isInstanceOfSatisfying(
              TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.FORMAT))
          .hasMessageContaining("uplicate");
    }
  }

  @Test
  @Tag("CKPT-8")
  void requiredFieldsAreNamedWhenTheyAreMissing() {
    NUMBERS.forEach(
        (field, kind) -> {
          ObjectNode json = TinyModel.object(LLAMA_70B);
          json.remove(field);
          if (kind.contains("required")) {
            assertThatThrownBy(() -> read(json.toString()))
                .hasMessageContaining("config.json: " + field + ": missing");
          } else {
            assertThatCode(() -> read(json.toString())).doesNotThrowAnyException();
          }
        });
  }

  @Test
  void flagsAreTrueOrFalse() {
    for (String flag : FLAGS) {
      for (String value : List.of("null", "0", "1", "\"true\"", "[]", "{}", "1.5", "[true]")) {
        assertRefused(flag, value, Fault.CONFIG);
      }
    }
    assertThat(readWith("tie_word_embeddings", "true").tiedEmbeddings()).isTrue();
    assertThat(readWith("attention_bias", "true").attentionBias()).isTrue();
    assertThat(readWith("mlp_bias", "true").mlpBias()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vocab_size | 1048577 | vocab_size must be between 1 and 1048576",
        "hidden_size | 131072 | hidden_size must be between 1 and 65536",
        "intermediate_size | 262145 | intermediate_size must be between 1 and 262144",
        "num_hidden_layers | 513 | num_hidden_layers must be between 1 and 512",
        "num_attention_heads | 2048 | num_attention_heads must be between 1 and 1024",
        "num_attention_heads | 60 | num_attention_heads: 60 (it must divide hidden_size 8192",
        "num_key_value_heads | 65 | num_key_value_heads must be between 1 and 64",
        "num_key_value_heads | 7 | num_attention_heads must be a multiple of num_key_value_heads",
        "head_dim | 127 | head_dim must be even",
        "head_dim | 8192 | head_dim must be between 1 and 4096",
        "max_position_embeddings | 1048577 | max_position_embeddings must be between",
        "rms_norm_eps | 1e39 | rms_norm_eps must be finite",
        "bos_token_id | 32000 | bos_token_id: 32000 (below vocab_size 32000)",
        "eos_token_id | 32000 | eos_token_id: 32000 (below vocab_size 32000)",
        "eos_token_id | [2,32000] | eos_token_id: [2,32000] (below vocab_size 32000)",
      })
  void valuesBeyondTheirLimitsAreNamedAsInTheFile(String field, String value, String message) {
    assertThatThrownBy(() -> readWith(field, value))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CONFIG))
        .hasMessageContaining("config.json: " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model_type | \"mistral\" | only llama is supported",
        "model_type | \"qwen2\" | only llama is supported",
        "architectures | [\"MistralForCausalLM\"] | only LlamaForCausalLM",
        "architectures | [\"LlamaForCausalLM\",\"LlamaForSequenceClassification\"] | only Llama",
        "hidden_act | \"gelu\" | a Llama uses silu",
        "num_experts | 8 | not a known field of a Llama",
        "auto_map | {\"AutoModel\":\"x.Y\"} | not a known field of a Llama",
        "sliding_window | 4096 | supported: null",
        "use_sliding_window | true | supported: false",
        "is_encoder_decoder | true | supported: false",
        "add_cross_attention | true | supported: false",
        "partial_rotary_factor | 0.5 | supported: ",
        "rope_interleaved | true | supported: ",
        "pruned_heads | {\"1\":[0]} | supported: ",
        "attention_multiplier | 0.5 | not a known field of a Llama",
        "logit_scale | 0.5 | not a known field of a Llama",
        "Vocab_Size | 5 | not a known field of a Llama",
        "rope_scaling | {\"type\":\"yarn\",\"factor\":2.0} | supported: default, linear, dynamic",
        "rope_scaling | {\"rope_type\":\"llama3\",\"factor\":8.0} | supported: default, linear",
        "rope_scaling | {\"type\":\"linear\",\"factor\":2.0,\"finetuned\":true} | known here",
        "rope_parameters | {\"rope_type\":\"longrope\",\"factor\":2.0} | supported: default",
        "rope_parameters | {\"rope_type\":\"default\",\"partial_rotary_factor\":0.5} | whole heads",
        "rope_scaling | {\"rope_type\":\"dynamic\",\"factor\":2.0,"
            + "\"original_max_position_embeddings\":1024} | max_position_embeddings 4096",
      })
  @Tag("CKPT-7")
  void whatIsNotSupportedIsRefusedByName(String field, String value, String message) {
    assertThatThrownBy(() -> readWith(field, value))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.UNSUPPORTED))
        .hasMessageContaining("config.json: " + field)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rope_scaling | \"linear\"",
        "rope_scaling | 2.0",
        "rope_scaling | []",
        "rope_scaling | {\"type\":\"linear\"}",
        "rope_scaling | {\"factor\":2.0}",
        "rope_scaling | {\"type\":1,\"factor\":2.0}",
        "rope_scaling | {\"type\":\"linear\",\"factor\":0.5}",
        "rope_scaling | {\"type\":\"linear\",\"factor\":\"2\"}",
        "rope_scaling | {\"type\":\"linear\",\"factor\":1e999}",
        "rope_scaling | {\"type\":\"linear\",\"factor\":null}",
        "rope_scaling | {\"type\":\"linear\",\"rope_type\":\"dynamic\",\"factor\":2.0}",
        "rope_parameters | {\"rope_type\":\"default\",\"rope_theta\":0}",
        "rope_parameters | {\"rope_type\":\"default\",\"rope_theta\":\"1\"}",
        "architectures | \"LlamaForCausalLM\"",
        "architectures | [1]",
        "model_type | 1",
        "hidden_act | 1",
        "quantization_config | []",
      })
  void structuresOfTheWrongShapeAreRefused(String field, String value) {
    if (field.equals("quantization_config")) {
      assertThatThrownBy(
              () -> GptqConfigReader.read(directory, TinyModel.object(with(field, value))))
          .isInstanceOf(TouchstoneException.class);
    } else {
      assertRefused(field, value, Fault.CONFIG);
    }
  }

  @Test
  @Tag("CKPT-9")
  void aThetaInTwoPlacesMustBeTheSame() {
    String two = "{\"rope_theta\":%s,\"rope_parameters\":{\"rope_theta\":%s},";
    String rest = LLAMA_70B.replaceFirst("\\{", "").replace("\"rope_scaling\": null,", "");
    assertThat(read(two.formatted("5e5", "500000") + rest).ropeTheta()).isEqualTo(500000);
    assertThatThrownBy(() -> read(two.formatted("10000", "500000") + rest))
        .hasMessageContaining("rope_theta: 10000 (rope_parameters says 500000.0");
  }

  @Test
  @Tag("CKPT-9")
  void scalingsAreRead() {
    assertThat(readWith("rope_scaling", "{\"type\":\"linear\",\"factor\":4}").ropeScaling())
        .isEqualTo(new RopeScaling.Linear(4));
    assertThat(
            readWith(
                    "rope_scaling",
                    "{\"rope_type\":\"dynamic\",\"type\":\"dynamic\",\"factor\":2.5}")
                .ropeScaling())
        .isEqualTo(new RopeScaling.Dynamic(2.5, 4096));
    assertThat(
            readWith(
                    "rope_parameters",
                    "{\"rope_type\":\"dynamic\",\"rope_theta\":20000,\"factor\":2,"
                        + "\"original_max_position_embeddings\":4096}")
                .ropeScaling())
        .isEqualTo(new RopeScaling.Dynamic(2, 4096));
    assertThat(readWith("rope_parameters", "{\"rope_theta\":7}").ropeTheta()).isEqualTo(7);
    assertThat(readWith("rope_theta", "1000000").ropeTheta()).isEqualTo(1e6);
  }

  @Test
  void eosMayBeAListOrNull() {
    assertThat(readWith("eos_token_id", "[2,7]").eosIds()).containsExactly(2, 7);
    assertThat(readWith("eos_token_id", "null").eosIds()).isEmpty();
    assertThat(readWith("eos_token_id", "[]").eosIds()).isEmpty();
  }

  @Test
  void aModelTypeIsNeeded() {
    ObjectNode json = TinyModel.object(LLAMA_70B);
    json.remove("model_type");
    assertThat(read(json.toString()).dim()).isEqualTo(8192);
    json.remove("architectures");
    assertThatThrownBy(() -> read(json.toString())).hasMessageContaining("model_type: missing");
  }

  @Test
  void documentsThatAreNotObjectsAreRefused() {
    for (String json : List.of("[]", "null", "1", "\"x\"", "", " ", "{", "{}{}", "{\"a\":1,}")) {
      assertThatThrownBy(() -> read(json))
          .isInstanceOf(TouchstoneException.class)
          .hasMessageContaining("config.json");
    }
  }

  @Test
  void aDeepOrLargeDocumentIsRefused() {
    assertThatThrownBy(() -> readWith("task_specific_params", "[".repeat(100_000)))
        .isInstanceOf(TouchstoneException.class);
    assertThatThrownBy(() -> readWith("prefix", "\"" + "x".repeat(1 << 20) + "\""))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.LIMIT));
  }

  private void assertRefused(String field, String value, Fault fault) {
    assertThatThrownBy(() -> readWith(field, value))
        .as(field + ": " + value)
        .isInstanceOfSatisfying(
            TouchstoneException.class,
            e -> assertThat(e.fault()).as(e.getMessage()).isEqualTo(fault))
        .hasMessageContaining("config.json: " + field);
  }
}
