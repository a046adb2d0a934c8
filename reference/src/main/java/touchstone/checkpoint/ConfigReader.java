package touchstone.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.json.StrictJson;
import touchstone.llama.LlamaConfig;

/**
 * Reads {@code config.json}. A field is one that is read here, one that is known to change nothing
 * ({@link ConfigFields}), or it is refused by name: a model whose configuration asks for something
 * else would load and answer rubbish.
 *
 * @source transformers 4.31 to 5.18, configuration_llama.py, configuration_utils.py,
 *     modeling_rope_utils.py
 * @deviation the sizes that make a model (vocab_size, hidden_size, intermediate_size,
 *     num_hidden_layers, num_attention_heads) must stand in the file; the class there would take
 *     those of the 7B model
 * @rules CKPT-8
 */
public final class ConfigReader {
  /** What the class of Transformers takes where the file is silent. These are not Llama-2's values. */
  private static final int DEFAULT_POSITIONS = 2048;

  private static final double DEFAULT_EPSILON = 1e-6;
  private static final int DEFAULT_BOS = 1;
  private static final List<Integer> DEFAULT_EOS = List.of(2);

  private ConfigReader() {}

  /**
   * Reads the model's dimensions and constants.
   *
   * @param file {@code config.json}
   * @throws TouchstoneException that names the field: CONFIG if its value is wrong, UNSUPPORTED if it
   *     asks for something that is not Llama, FORMAT if the file is not JSON
   */
  public static LlamaConfig read(Path file) {
    return parse(file, document(file));
  }

  static JsonNode document(Path file) {
    FileFaults.requireRegular(file);
    return StrictJson.read(file, StrictJson.CONFIG_BYTES);
  }

  static LlamaConfig parse(Path file, JsonNode document) {
    JsonFields fields = JsonFields.of(file, document);
    ConfigFields.requireKnown(fields);
    requireLlama(fields);
    try {
      return config(fields);
    } catch (IllegalArgumentException e) {
      throw TouchstoneException.because(
          Fault.CONFIG, file, inJsonNames(e.getMessage()), "is this file the model's own?", e);
    }
  }

  private static void requireLlama(JsonFields fields) {
    List<String> architectures = fields.strings("architectures");
    for (String architecture : architectures) {
      // Conversions before Transformers took the model in spelled it the second way.
      if (!architecture.equals("LlamaForCausalLM") && !architecture.equals("LLaMAForCausalLM")) {
        throw fields.unsupported("architectures", "only LlamaForCausalLM is supported");
      }
    }
    String type = fields.string("model_type").orElse(architectures.isEmpty() ? "" : "llama");
    if (!type.equals("llama")) {
      throw fields.has("model_type")
          ? fields.unsupported("model_type", "only llama is supported")
          : fields.fault("model_type", "\"llama\"; is this the config.json of a model?");
    }
    if (!fields.string("hidden_act").orElse("silu").equals("silu")) {
      throw fields.unsupported("hidden_act", "a Llama uses silu");
    }
  }

  private static LlamaConfig config(JsonFields fields) {
    int vocab = fields.integer("vocab_size", 1);
    int dim = fields.integer("hidden_size", 1);
    int heads = fields.integer("num_attention_heads", 1);
    int positions = fields.integer("max_position_embeddings", 1, DEFAULT_POSITIONS);
    RopeFields rope = RopeFields.read(fields, positions);
    return new LlamaConfig(
        vocab,
        dim,
        fields.integer("intermediate_size", 1),
        fields.integer("num_hidden_layers", 1),
        heads,
        fields.optionalInteger("num_key_value_heads", 1).orElse(heads),
        headDim(fields, dim, heads),
        positions,
        epsilon(fields),
        rope.theta(),
        rope.scaling(),
        fields.flag("tie_word_embeddings", false),
        fields.flag("attention_bias", false),
        fields.flag("mlp_bias", false),
        bosId(fields, vocab),
        eosIds(fields, vocab));
  }

  private static int headDim(JsonFields fields, int dim, int heads) {
    if (fields.hasValue("head_dim")) {
      return fields.integer("head_dim", 1);
    }
    if (dim % heads != 0) {
      throw fields.fault(
          "num_attention_heads", "it must divide hidden_size " + dim + ", or head_dim be given");
    }
    return dim / heads;
  }

  private static float epsilon(JsonFields fields) {
    return fields.has("rms_norm_eps")
        ? (float) fields.number("rms_norm_eps")
        : (float) DEFAULT_EPSILON;
  }

  private static int bosId(JsonFields fields, int vocab) {
    int bos = fields.integer("bos_token_id", 0, DEFAULT_BOS);
    if (bos >= vocab) {
      throw fields.fault("bos_token_id", "below vocab_size " + vocab);
    }
    return bos;
  }

  private static List<Integer> eosIds(JsonFields fields, int vocab) {
    List<Integer> ids = fields.has("eos_token_id") ? fields.tokenIds("eos_token_id") : DEFAULT_EOS;
    if (ids.stream().anyMatch(id -> id >= vocab)) {
      throw fields.fault("eos_token_id", "below vocab_size " + vocab);
    }
    return ids;
  }

  /** {@link LlamaConfig} speaks of its own components; whoever mends the file knows other names. */
  private static String inJsonNames(String message) {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("vocab", "vocab_size");
    names.put("dim", "hidden_size");
    names.put("hiddenDim", "intermediate_size");
    names.put("layers", "num_hidden_layers");
    names.put("heads", "num_attention_heads");
    names.put("kvHeads", "num_key_value_heads");
    names.put("headDim", "head_dim");
    names.put("maxPositions", "max_position_embeddings");
    names.put("epsilon", "rms_norm_eps");
    names.put("ropeTheta", "rope_theta");
    StringBuilder translated = new StringBuilder();
    for (String word : message.split("(?<=\\W)|(?=\\W)", -1)) {
      translated.append(names.getOrDefault(word, word));
    }
    return translated.toString();
  }
}
