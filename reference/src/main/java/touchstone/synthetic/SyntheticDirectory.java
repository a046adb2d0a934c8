package touchstone.synthetic;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.LongConsumer;
import touchstone.checkpoint.AtomicFile;
import touchstone.checkpoint.GptqDocuments;
import touchstone.checkpoint.OutputDirectory;
import touchstone.checkpoint.SafetensorsWriter;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqConfig;
import touchstone.llama.LlamaConfig;

/**
 * Writes a synthetic checkpoint as AutoGPTQ would save it. {@code config.json} comes last, so that a
 * folder that has one is whole; what fails leaves nothing behind.
 *
 * @source AutoGPTQ v0.4.2 auto_gptq/modeling/_base.py, save_quantized
 */
public final class SyntheticDirectory {
  private static final String WEIGHTS = GptqDocuments.WEIGHTS + ".safetensors";
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  private SyntheticDirectory() {}

  /**
   * Writes a model directory; the same checkpoint gives the same bytes.
   *
   * @param directory does not exist, in a folder that does, or is empty
   * @param further what else is to lie there, by file name: a tokenizer's files
   * @param progress told how many bytes of tensors are written
   * @throws TouchstoneException OUTPUT if the directory cannot be created or is not empty, DISK_FULL or
   *     IO if it cannot be filled; it is then as it was
   */
  public static void write(
      Path directory,
      SyntheticCheckpoint checkpoint,
      Map<String, byte[]> further,
      LongConsumer progress) {
    boolean made = OutputDirectory.make(directory);
    SyntheticModel model = checkpoint.model();
    Map<String, byte[]> small = new LinkedHashMap<>(further);
    small.put("quantize_config.json", GptqDocuments.quantizeConfig(model.quantisation()));
    small.put("config.json", config(model.config(), model.quantisation()));
    try {
      SafetensorsWriter.write(
          directory.resolve(WEIGHTS),
          METADATA,
          model.tensors(),
          spec -> checkpoint.tensor(spec.name()),
          progress);
      small.forEach((name, bytes) -> AtomicFile.write(directory.resolve(name), bytes));
    } catch (RuntimeException | Error e) {
      List<String> names = new ArrayList<>(small.keySet());
      names.add(WEIGHTS);
      remove(directory, names, made);
      throw e;
    }
  }

  private static void remove(Path directory, List<String> names, boolean made) {
    try {
      for (String name : names) {
        Files.deleteIfExists(directory.resolve(name));
      }
      if (made) {
        Files.deleteIfExists(directory);
      }
    } catch (IOException _) {
      // What failed before is what the user has to know.
    }
  }

  private static byte[] config(LlamaConfig config, GptqConfig quantisation) {
    ObjectNode fields = JsonNodeFactory.instance.objectNode();
    fields.putArray("architectures").add("LlamaForCausalLM");
    fields.put("attention_bias", false);
    fields.put("bos_token_id", config.bosId());
    fields.put("eos_token_id", config.eosIds().getFirst());
    fields.put("hidden_act", "silu");
    fields.put("hidden_size", config.dim());
    fields.put("intermediate_size", config.hiddenDim());
    fields.put("max_position_embeddings", config.maxPositions());
    fields.put("mlp_bias", false);
    fields.put("model_type", "llama");
    fields.put("num_attention_heads", config.heads());
    fields.put("num_hidden_layers", config.layers());
    fields.put("num_key_value_heads", config.kvHeads());
    fields.put("rms_norm_eps", 1e-05);
    fields.putNull("rope_scaling");
    fields.put("rope_theta", config.ropeTheta());
    fields.put("tie_word_embeddings", false);
    fields.put("torch_dtype", "float16");
    fields.put("use_cache", true);
    fields.put("vocab_size", config.vocab());
    return GptqDocuments.config(fields, quantisation, OptionalInt.empty());
  }
}
