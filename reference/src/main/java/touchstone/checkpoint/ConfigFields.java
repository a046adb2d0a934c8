package touchstone.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which fields a {@code config.json} may have. Three kinds: those that are read, those that change
 * nothing whatever they say, and those that change nothing as long as they hold the value given
 * here. Any other is refused by name.
 *
 * @rules CKPT-7
 */
final class ConfigFields {
  /** Read by {@link ConfigReader}, {@link RopeFields} and {@link GptqConfigReader}. */
  private static final Set<String> READ =
      Set.of(
          "architectures",
          "attention_bias",
          "bos_token_id",
          "eos_token_id",
          "head_dim",
          "hidden_act",
          "hidden_size",
          "intermediate_size",
          "max_position_embeddings",
          "mlp_bias",
          "model_type",
          "num_attention_heads",
          "num_hidden_layers",
          "num_key_value_heads",
          "quantization_config",
          "rms_norm_eps",
          "rope_parameters",
          "rope_scaling",
          "rope_theta",
          "tie_word_embeddings",
          "vocab_size");

  /**
   * Harmless whatever they say. dtype and torch_dtype: the tensors say it themselves. pretraining_tp:
   * splits products as Meta's training did, which moves rounding only. max_sequence_length: an older
   * name of max_position_embeddings that Transformers never read. attention_dropout,
   * initializer_range: training. pad_token_id: nothing here is padded.
   */
  private static final Set<String> INFORMATIONAL =
      Set.of(
          "_attn_implementation",
          "_attn_implementation_autoset",
          "_commit_hash",
          "_flash_attn_2_enabled",
          "_from_model_config",
          "_name_or_path",
          "attention_dropout",
          "attn_implementation",
          "chunk_size_feed_forward",
          "dtype",
          "finetuning_task",
          "gradient_checkpointing",
          "id2label",
          "initializer_range",
          "is_decoder",
          "is_llama_config",
          "keys_to_ignore_at_inference",
          "label2id",
          "max_sequence_length",
          "name_or_path",
          "num_labels",
          "output_attentions",
          "output_hidden_states",
          "output_past",
          "pad_token_id",
          "prefix",
          "pretraining_tp",
          "problem_type",
          "return_dict",
          "sep_token_id",
          "task_specific_params",
          "tokenizer_class",
          "torch_dtype",
          "torchscript",
          "transformers.js_config",
          "transformers_version",
          "unsloth_fixed",
          "unsloth_version",
          "use_bfloat16",
          "use_cache",
          "use_flash_attention");

  /** Harmless with these values, as JSON text. */
  private static final Map<String, List<String>> NEUTRAL =
      Map.ofEntries(
          Map.entry("add_cross_attention", List.of("false")),
          Map.entry("cross_attention_hidden_size", List.of("null")),
          Map.entry("decoder_start_token_id", List.of("null")),
          Map.entry("is_encoder_decoder", List.of("false")),
          Map.entry("partial_rotary_factor", List.of("1", "1.0", "null")),
          Map.entry("pruned_heads", List.of("{}", "null")),
          Map.entry("rope_interleaved", List.of("false", "null")),
          Map.entry("sliding_window", List.of("null")),
          Map.entry("tf_legacy_loss", List.of("false")),
          Map.entry("tie_encoder_decoder", List.of("false")),
          Map.entry("use_sliding_window", List.of("false")));

  private ConfigFields() {}

  /** Refuses a field that is none of the three kinds. */
  static void requireKnown(JsonFields fields) {
    for (String name : fields.names()) {
      if (READ.contains(name)
          || INFORMATIONAL.contains(name)
          || GenerationDefaults.FIELDS.contains(name)) {
        continue;
      }
      List<String> neutral = NEUTRAL.getOrDefault(name, List.of());
      if (!neutral.contains(fields.text(name))) {
        throw fields.unsupported(
            name,
            neutral.isEmpty()
                ? "not a known field of a Llama; remove it if it changes nothing"
                : "supported: " + String.join(" or ", neutral));
      }
    }
  }
}
