package touchstone.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqConfig;

/**
 * Finds the weights in a model directory. In this order:
 *
 * <ol>
 *   <li>the file that {@code model_file_base_name} names, if there is one; repositories that renamed
 *       their weights kept the old name there, so one that leads nowhere is passed over
 *   <li>{@code model.safetensors}
 *   <li>{@code model.safetensors.index.json} and its shards
 *   <li>AutoGPTQ's own name for these parameters, {@code gptq_model-4bit-128g.safetensors}
 *   <li>the only {@code .safetensors} file there is
 * </ol>
 *
 * @source AutoGPTQ v0.4.2 modeling/_base.py, from_quantized; transformers 4.33 modeling_utils.py
 * @rules CKPT-6
 */
final class WeightLocator {
  private static final String SUFFIX = ".safetensors";
  private static final String SINGLE = "model" + SUFFIX;
  private static final String INDEX = SINGLE + ".index.json";
  private static final List<String> OTHER_FORMATS =
      List.of(".bin", ".pt", ".pth", ".ckpt", ".gguf", ".ggml", ".h5", ".msgpack", ".onnx");

  private final Path directory;
  private final List<String> names;

  private WeightLocator(Path directory, List<String> names) {
    this.directory = directory;
    this.names = names;
  }

  /**
   * Opens the weights of a model directory.
   *
   * @throws TouchstoneException if there are none, or several to choose from
   */
  static WeightFiles open(Path directory, Optional<GptqConfig> quantisation) {
    try (Stream<Path> files = Files.list(directory)) {
      List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
      return new WeightLocator(directory, names).open(quantisation);
    } catch (UncheckedIOException e) {
      throw FileFaults.reading(directory, e.getCause());
    } catch (IOException e) {
      throw FileFaults.reading(directory, e);
    }
  }

  private WeightFiles open(Optional<GptqConfig> quantisation) {
    Optional<String> named =
        quantisation
            .flatMap(GptqConfig::modelFileBaseName)
            .map(base -> base + SUFFIX)
            .filter(names::contains);
    if (named.isPresent()) {
      return single(named.get());
    }
    if (names.contains(SINGLE) && names.contains(INDEX)) {
      throw ambiguous(List.of(SINGLE, INDEX));
    }
    if (names.contains(INDEX)) {
      return WeightFiles.sharded(directory.resolve(INDEX));
    }
    if (names.contains(SINGLE)) {
      return single(SINGLE);
    }
    Optional<String> usual = quantisation.map(WeightLocator::autoGptqName).filter(names::contains);
    return single(usual.orElseGet(this::onlyOne));
  }

  private WeightFiles single(String name) {
    return WeightFiles.single(directory.resolve(name));
  }

  /** AutoGPTQ's default; without groups it has two hyphens: {@code gptq_model-4bit--1g}. */
  private static String autoGptqName(GptqConfig config) {
    return "gptq_model-%dbit-%dg".formatted(config.bits(), config.groupSize()) + SUFFIX;
  }

  private String onlyOne() {
    List<String> candidates = names.stream().filter(name -> name.endsWith(SUFFIX)).toList();
    if (candidates.size() > 1) {
      throw ambiguous(candidates);
    }
    if (candidates.isEmpty()) {
      throw nothingReadable();
    }
    return candidates.getFirst();
  }

  private TouchstoneException ambiguous(List<String> candidates) {
    return TouchstoneException.of(
        Fault.FORMAT,
        directory,
        "several files could be the weights: " + String.join(", ", candidates),
        "keep one, or name it in model_file_base_name of quantize_config.json");
  }

  private TouchstoneException nothingReadable() {
    List<String> others =
        names.stream()
            .filter(
                name -> OTHER_FORMATS.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith))
            .toList();
    return others.isEmpty()
        ? TouchstoneException.of(
            Fault.MISSING, directory, "no weights", SINGLE + " or " + INDEX + " is needed")
        : TouchstoneException.of(
            Fault.UNSUPPORTED,
            directory,
            "weights in another format: " + String.join(", ", others),
            "only safetensors is read; take or make a safetensors variant of the model");
  }
}
