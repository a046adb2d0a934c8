package touchstone.synthetic;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import touchstone.checkpoint.AtomicFile;
import touchstone.checkpoint.SafetensorsWriter;
import touchstone.error.Fault;
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
  private static final String WEIGHTS = "model.safetensors";
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
    boolean made = make(directory);
    SyntheticModel model = checkpoint.model();
    Map<String, byte[]> small = new LinkedHashMap<>(further);
    small.put("quantize_config.json", utf8(quantizeConfig(model.quantisation())));
    small.put("config.json", utf8(config(model.config())));
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

  /** Whether there was no such directory. */
  private static boolean make(Path directory) {
    if (Files.exists(directory)) {
      requireEmpty(directory);
      return false;
    }
    try {
      Files.createDirectory(directory);
      return true;
    } catch (IOException e) {
      throw TouchstoneException.because(
          Fault.OUTPUT,
          directory,
          "cannot be created",
          "the folder that it is to lie in must exist and be writable",
          e);
    }
  }

  private static void requireEmpty(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw TouchstoneException.of(
          Fault.OUTPUT, directory, "not a directory", "give a new one or an empty one");
    }
    try (Stream<Path> files = Files.list(directory)) {
      if (files.findAny().isPresent()) {
        throw TouchstoneException.of(
            Fault.OUTPUT, directory, "not empty", "give a new directory or an empty one");
      }
    } catch (IOException e) {
      throw TouchstoneException.because(
          Fault.OUTPUT, directory, "cannot be listed", "check its permissions", e);
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

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String config(LlamaConfig config) {
    return """
        {
          "architectures": [
            "LlamaForCausalLM"
          ],
          "attention_bias": false,
          "bos_token_id": %d,
          "eos_token_id": %d,
          "hidden_act": "silu",
          "hidden_size": %d,
          "intermediate_size": %d,
          "max_position_embeddings": %d,
          "mlp_bias": false,
          "model_type": "llama",
          "num_attention_heads": %d,
          "num_hidden_layers": %d,
          "num_key_value_heads": %d,
          "rms_norm_eps": 1e-05,
          "rope_scaling": null,
          "rope_theta": 10000.0,
          "tie_word_embeddings": false,
          "torch_dtype": "float16",
          "use_cache": true,
          "vocab_size": %d
        }
        """
        .formatted(
            config.bosId(),
            config.eosIds().getFirst(),
            config.dim(),
            config.hiddenDim(),
            config.maxPositions(),
            config.heads(),
            config.layers(),
            config.kvHeads(),
            config.vocab());
  }

  private static String quantizeConfig(GptqConfig quantisation) {
    return """
        {
          "bits": %d,
          "group_size": %d,
          "damp_percent": 0.1,
          "desc_act": %b,
          "static_groups": false,
          "sym": true,
          "true_sequential": true,
          "model_name_or_path": null,
          "model_file_base_name": "model"
        }
        """
        .formatted(quantisation.bits(), quantisation.groupSize(), quantisation.actOrder());
  }
}
