package touchstone.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import touchstone.error.TouchstoneException;

/**
 * How a model's authors want it sampled: {@code generation_config.json}, or, where that is absent,
 * the same fields in {@code config.json}, as Transformers does. Every value may be absent.
 *
 * @param temperature at least 0
 * @param topK at least 0; 0 means all tokens
 * @param topP between 0 and 1
 * @param minP between 0 and 1
 * @param repetitionPenalty more than 0
 * @param doSample false means greedy
 * @param maxNewTokens tokens to generate
 * @param maxLength tokens of prompt and continuation together
 * @param bosId token that begins a text
 * @param eosIds tokens that end a generation; empty if none is given
 * @param padId token that fills rows of a batch; may be any number, since nothing here pads
 * @rules CKPT-15
 */
public record GenerationDefaults(
    OptionalDouble temperature,
    OptionalInt topK,
    OptionalDouble topP,
    OptionalDouble minP,
    OptionalDouble repetitionPenalty,
    Optional<Boolean> doSample,
    OptionalInt maxNewTokens,
    OptionalInt maxLength,
    OptionalInt bosId,
    List<Integer> eosIds,
    OptionalInt padId) {

  /** Fields that change the text and are not supported, with the values that switch them off. */
  private static final Map<String, List<String>> UNSUPPORTED =
      Map.ofEntries(
          Map.entry("bad_words_ids", List.of("[]")),
          Map.entry("begin_suppress_tokens", List.of("[]")),
          Map.entry("diversity_penalty", List.of("0", "0.0")),
          Map.entry("encoder_no_repeat_ngram_size", List.of("0")),
          Map.entry("encoder_repetition_penalty", List.of("1", "1.0")),
          Map.entry("epsilon_cutoff", List.of("0", "0.0")),
          Map.entry("eta_cutoff", List.of("0", "0.0")),
          Map.entry("exponential_decay_length_penalty", List.of()),
          Map.entry("force_words_ids", List.of("[]")),
          Map.entry("forced_bos_token_id", List.of()),
          Map.entry("forced_eos_token_id", List.of()),
          Map.entry("guidance_scale", List.of("1", "1.0")),
          Map.entry("min_length", List.of("0")),
          Map.entry("min_new_tokens", List.of("0")),
          Map.entry("no_repeat_ngram_size", List.of("0")),
          Map.entry("num_beam_groups", List.of("1")),
          Map.entry("num_beams", List.of("1")),
          Map.entry("num_return_sequences", List.of("1")),
          Map.entry("penalty_alpha", List.of("0", "0.0")),
          Map.entry("sequence_bias", List.of()),
          Map.entry("stop_strings", List.of("[]")),
          Map.entry("suppress_tokens", List.of("[]")),
          Map.entry("top_h", List.of()),
          Map.entry("typical_p", List.of("1", "1.0")),
          Map.entry("watermarking_config", List.of()));

  /** Fields of generation that older versions of Transformers wrote into {@code config.json}. */
  static final Set<String> FIELDS =
      Set.of(
          "bad_words_ids",
          "begin_suppress_tokens",
          "diversity_penalty",
          "do_sample",
          "early_stopping",
          "encoder_no_repeat_ngram_size",
          "exponential_decay_length_penalty",
          "forced_bos_token_id",
          "forced_eos_token_id",
          "length_penalty",
          "max_length",
          "max_new_tokens",
          "min_length",
          "min_p",
          "no_repeat_ngram_size",
          "num_beam_groups",
          "num_beams",
          "num_return_sequences",
          "output_scores",
          "remove_invalid_values",
          "repetition_penalty",
          "return_dict_in_generate",
          "suppress_tokens",
          "temperature",
          "top_k",
          "top_p",
          "typical_p");

  public GenerationDefaults {
    eosIds = List.copyOf(eosIds);
  }

  /**
   * Reads the defaults of a model directory.
   *
   * @param config the content of {@code config.json}
   * @param vocab number of token ids
   * @param findings receives the settings that are not supported
   * @throws TouchstoneException that names the field whose value is wrong
   */
  static GenerationDefaults read(Path directory, JsonNode config, int vocab, Findings findings) {
    Path file = directory.resolve("generation_config.json");
    JsonFields fields =
        Files.exists(file)
            ? JsonFields.of(file, ConfigReader.document(file))
            : JsonFields.of(directory.resolve("config.json"), config);
    GenerationDefaults defaults = of(fields);
    if (defaults.bosId().orElse(0) >= vocab) {
      throw fields.fault("bos_token_id", "below vocab_size " + vocab);
    }
    if (defaults.eosIds().stream().anyMatch(id -> id >= vocab)) {
      throw fields.fault("eos_token_id", "below vocab_size " + vocab);
    }
    reportUnsupported(fields, findings);
    return defaults;
  }

  private static void reportUnsupported(JsonFields fields, Findings findings) {
    for (String name : fields.names()) {
      if (UNSUPPORTED.containsKey(name)
          && fields.hasValue(name)
          && !UNSUPPORTED.get(name).contains(fields.text(name))) {
        findings.add(
            fields.where() + ": " + name, fields.text(name), "not supported, read as absent");
      }
    }
  }

  private static GenerationDefaults of(JsonFields fields) {
    return new GenerationDefaults(
        fields.optionalNumber("temperature", 0, Float.MAX_VALUE),
        fields.optionalInteger("top_k", 0),
        fields.optionalNumber("top_p", 0, 1),
        fields.optionalNumber("min_p", 0, 1),
        fields.optionalNumber("repetition_penalty", Float.MIN_VALUE, Float.MAX_VALUE),
        fields.optionalFlag("do_sample"),
        fields.optionalInteger("max_new_tokens", 1),
        fields.optionalInteger("max_length", 1),
        fields.optionalInteger("bos_token_id", 0),
        fields.tokenIds("eos_token_id"),
        fields.optionalInteger("pad_token_id", Integer.MIN_VALUE));
  }
}
