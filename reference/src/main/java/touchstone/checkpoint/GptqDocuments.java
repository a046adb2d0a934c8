package touchstone.checkpoint;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import touchstone.gptq.GptqConfig;
import touchstone.json.PrettyJson;

/**
 * What the files of a quantised model say of its quantisation; {@link CheckpointDirectory} reads it
 * back. Three programs look in three places: AutoGPTQ in {@code quantize_config.json}, Transformers,
 * vLLM and text-generation-inference in {@code quantization_config} of {@code config.json}, and
 * people in the metadata of the weights.
 *
 * @source AutoGPTQ v0.4.2 modeling/_base.py, BaseQuantizeConfig and save_quantized; transformers
 *     4.33 utils/quantization_config.py, GPTQConfig
 * @deviation {@code dataset} in config.json is null: Transformers refuses to load a model where it is
 *     a name that it does not know
 * @rules CALIB-4
 */
public final class GptqDocuments {
  /** Weights lie in {@code model.safetensors}, the name that Transformers looks for. */
  public static final String WEIGHTS = "model";

  /** The layout is that of this version. */
  private static final String AUTO_GPTQ = "0.4.2";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private GptqDocuments() {}

  /** {@code quantize_config.json}, with AutoGPTQ's fields in its order. */
  public static byte[] quantizeConfig(GptqConfig quantisation) {
    ObjectNode fields = JSON.objectNode();
    fields.put("bits", quantisation.bits());
    fields.put("group_size", quantisation.groupSize());
    fields.put("damp_percent", quantisation.dampPercent().orElseThrow());
    fields.put("desc_act", quantisation.actOrder());
    fields.put("static_groups", quantisation.staticGroups());
    fields.put("sym", quantisation.symmetric());
    fields.put("true_sequential", quantisation.trueSequential());
    fields.putNull("model_name_or_path");
    fields.put("model_file_base_name", WEIGHTS);
    return PrettyJson.bytes(fields);
  }

  /**
   * {@code config.json} of the quantised model.
   *
   * @param config that of the model before; not changed
   * @param seqLen tokens of a calibration sample; empty if there were none
   */
  public static byte[] config(ObjectNode config, GptqConfig quantisation, OptionalInt seqLen) {
    ObjectNode quantised = config.deepCopy();
    quantised.put(config.has("dtype") ? "dtype" : "torch_dtype", "float16");
    ObjectNode fields = quantised.putObject("quantization_config");
    fields.put("bits", quantisation.bits());
    fields.put("damp_percent", quantisation.dampPercent().orElseThrow());
    fields.putNull("dataset");
    fields.put("desc_act", quantisation.actOrder());
    fields.put("group_size", quantisation.groupSize());
    seqLen.ifPresent(tokens -> fields.put("model_seqlen", tokens));
    fields.put("quant_method", "gptq");
    fields.put("static_groups", quantisation.staticGroups());
    fields.put("sym", quantisation.symmetric());
    fields.put("true_sequential", quantisation.trueSequential());
    return PrettyJson.bytes(quantised);
  }

  /** {@code __metadata__} of the weights, as AutoGPTQ's Python writes it. */
  public static Map<String, String> metadata(GptqConfig quantisation) {
    Map<String, String> pairs = new TreeMap<>();
    pairs.put("format", "pt");
    pairs.put("auto_gptq_version", AUTO_GPTQ);
    pairs.put("gptq_bits", String.valueOf(quantisation.bits()));
    pairs.put("gptq_group_size", String.valueOf(quantisation.groupSize()));
    pairs.put("gptq_desc_act", quantisation.actOrder() ? "True" : "False");
    pairs.put("gptq_damp_percent", String.valueOf(quantisation.dampPercent().orElseThrow()));
    return pairs;
  }
}
