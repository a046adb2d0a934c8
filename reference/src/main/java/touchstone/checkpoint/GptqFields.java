package touchstone.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.ZeroPointFormat;

/**
 * What one file says of a GPTQ quantisation, before defaults are filled in. Fields go by several
 * names: {@code bits} or {@code w_bit}, {@code group_size} or {@code q_group_size}, {@code
 * checkpoint_format} or {@code format}, {@code quant_method} or {@code method}.
 *
 * @source AutoGPTQ v0.4.2 and main, BaseQuantizeConfig; transformers 4.33 to 5.18 GPTQConfig;
 *     GPTQModel f4c327a17 quantization/config.py
 * @rules CKPT-10
 */
record GptqFields(JsonFields fields) {
  private static final Set<String> READ =
      Set.of(
          "bits",
          "checkpoint_format",
          "damp_percent",
          "desc_act",
          "format",
          "group_size",
          "method",
          "model_file_base_name",
          "q_group_size",
          "quant_method",
          "static_groups",
          "sym",
          "true_sequential",
          "w_bit");

  /**
   * How the file was made or how some runtime likes to run it; the bytes do not depend on it.
   * lm_head and modules_in_block_to_quantize say which modules are quantised: the tensors say so
   * themselves.
   */
  private static final Set<String> INFORMATIONAL =
      Set.of(
          "act_group_aware",
          "backend",
          "batch_size",
          "block_name_to_quantize",
          "cache_block_outputs",
          "damp_auto_increment",
          "dataset",
          "desc_act_group_aware",
          "device",
          "disable_exllama",
          "exllama_config",
          "gptaq",
          "gptaq_alpha",
          "hyb_act",
          "lm_head",
          "max_input_length",
          "meta",
          "mock_quantization",
          "model_name_or_path",
          "model_seqlen",
          "module_name_preceding_first_block",
          "modules_in_block_to_quantize",
          "mse",
          "offload_to_disk",
          "offload_to_disk_path",
          "pack_impl",
          "pad_token_id",
          "parallel_packing",
          "tokenizer",
          "use_cuda_fp16",
          "use_exllama",
          "v2",
          "v2_alpha");

  /** They change the reading unless they hold one of these values, as JSON text. */
  private static final Map<String, List<String>> NEUTRAL =
      Map.of(
          "adapter", List.of("null", "{}"),
          "dynamic", List.of("null", "{}"),
          "is_marlin_format", List.of("false", "null"),
          "modules_to_not_convert", List.of("null", "[]"),
          "pack_dtype", List.of("\"int32\"", "null"),
          "rotation", List.of("null"),
          "use_marlin", List.of("false", "null"));

  /** Checks that every field is known and none asks for another format. */
  static GptqFields of(JsonFields fields) {
    GptqFields gptq = new GptqFields(fields);
    gptq.requireMethod();
    for (String name : fields.names()) {
      gptq.requireKnown(name);
    }
    return gptq;
  }

  private void requireMethod() {
    String name = fields.hasValue("quant_method") ? "quant_method" : "method";
    String method = fields.string(name).orElse("gptq");
    if (method.equals("awq") || fields.has("zero_point")) {
      throw TouchstoneException.of(
          Fault.UNSUPPORTED,
          fields.where(),
          "an AWQ quantisation",
          "AWQ is not supported yet: use the GPTQ variant of the model");
    }
    if (!method.equals("gptq")) {
      throw fields.unsupported(name, "supported: gptq");
    }
  }

  private void requireKnown(String name) {
    if (READ.contains(name) || INFORMATIONAL.contains(name)) {
      return;
    }
    List<String> neutral = NEUTRAL.getOrDefault(name, List.of());
    if (!neutral.contains(fields.text(name))) {
      throw fields.unsupported(
          name,
          neutral.isEmpty()
              ? "not a known field of GPTQ; remove it if it changes nothing"
              : "supported: " + String.join(" or ", neutral));
    }
  }

  OptionalInt bits() {
    OptionalInt bits = oneOf("bits", "w_bit");
    if (bits.isPresent() && !Set.of(2, 3, 4, 8).contains(bits.getAsInt())) {
      throw fields.fault(fields.hasValue("bits") ? "bits" : "w_bit", "2, 3, 4 or 8");
    }
    return bits;
  }

  OptionalInt groupSize() {
    OptionalInt size = oneOf("group_size", "q_group_size");
    if (size.isPresent() && size.getAsInt() != GptqConfig.NO_GROUPS && size.getAsInt() < 1) {
      throw fields.fault(
          fields.hasValue("group_size") ? "group_size" : "q_group_size",
          "-1 for one group, or at least 1");
    }
    return size;
  }

  private OptionalInt oneOf(String name, String synonym) {
    OptionalInt value = fields.optionalInteger(name, Integer.MIN_VALUE);
    OptionalInt other = fields.optionalInteger(synonym, Integer.MIN_VALUE);
    if (value.isPresent() && other.isPresent() && !value.equals(other)) {
      throw fields.fault(name, synonym + " says " + other.getAsInt() + ": which is it?");
    }
    return value.isPresent() ? value : other;
  }

  Optional<Boolean> actOrder() {
    return fields.optionalFlag("desc_act");
  }

  Optional<Boolean> symmetric() {
    return fields.optionalFlag("sym");
  }

  Optional<Boolean> staticGroups() {
    return fields.optionalFlag("static_groups");
  }

  Optional<Boolean> trueSequential() {
    return fields.optionalFlag("true_sequential");
  }

  Optional<String> modelFileBaseName() {
    return fields
        .string("model_file_base_name")
        .map(name -> FileNames.requireLocal(fields.where() + ": model_file_base_name", name));
  }

  /** The stored form of zero points; {@code checkpoint_format} is the name most readers look for. */
  Optional<ZeroPointFormat> zeroPoints() {
    Optional<ZeroPointFormat> older = zeroPoints("checkpoint_format");
    Optional<ZeroPointFormat> newer = zeroPoints("format");
    if (older.isPresent() && newer.isPresent() && !older.equals(newer)) {
      throw fields.fault(
          "checkpoint_format", "format says " + newer.get().label() + ": which is it?");
    }
    return older.or(() -> newer);
  }

  private Optional<ZeroPointFormat> zeroPoints(String name) {
    return fields
        .string(name)
        .map(
            label ->
                Stream.of(ZeroPointFormat.values())
                    .filter(format -> format.label().equals(label))
                    .findFirst()
                    .orElseThrow(() -> fields.unsupported(name, "supported: gptq and gptq_v2")));
  }
}
