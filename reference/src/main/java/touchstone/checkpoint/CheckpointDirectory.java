package touchstone.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqConfig;
import touchstone.llama.Checkpoint;
import touchstone.llama.LinearModule;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.Tensor;
import touchstone.tensor.WeightMatrix;

/**
 * A model directory as Hugging Face lays it out: {@code config.json}, safetensors, and for a GPTQ
 * model how it was quantised. When {@link #open} returns, every tensor that the configuration asks
 * for is there with the right type and shape, and every group index and scale is in range.
 *
 * <p>Weights are mapped, not loaded. A file that is cut short while it is in use shows as an {@link
 * InternalError} in scalar reads, this class's own among them; whoever computes with the weights
 * translates it, and {@link #verifyUnchanged} says whether that was the reason.
 */
public final class CheckpointDirectory implements Checkpoint, AutoCloseable {
  private final Path directory;
  private final LlamaConfig config;
  private final Optional<GptqConfig> quantisation;
  private final GenerationDefaults generationDefaults;
  private final WeightFiles weights;
  private final ModuleReader modules;
  private final List<String> warnings;

  private CheckpointDirectory(
      Path directory,
      LlamaConfig config,
      Optional<GptqConfig> quantisation,
      GenerationDefaults generationDefaults,
      WeightFiles weights,
      Findings findings) {
    this.directory = directory;
    this.config = config;
    this.quantisation = quantisation;
    this.generationDefaults = generationDefaults;
    this.weights = weights;
    this.modules = new ModuleReader(config, quantisation, weights, findings);
    this.warnings = findings.lines();
  }

  /**
   * Opens a model directory.
   *
   * @param strict whether what would be a warning is a fault
   * @throws TouchstoneException that names the file and the place of the first thing wrong
   */
  public static CheckpointDirectory open(Path directory, boolean strict) {
    if (!Files.isDirectory(directory)) {
      throw TouchstoneException.of(
          Fault.MISSING, directory, "no such directory", "a folder with config.json is needed");
    }
    Findings findings = new Findings(strict);
    Path configFile = directory.resolve("config.json");
    JsonNode document = ConfigReader.document(configFile);
    LlamaConfig config = ConfigReader.parse(configFile, document);
    Optional<GptqConfig> quantisation = GptqConfigReader.read(directory, document);
    GenerationDefaults defaults =
        GenerationDefaults.read(directory, document, config.vocab(), findings);
    WeightFiles weights = WeightLocator.open(directory, quantisation);
    try {
      return new CheckpointDirectory(directory, config, quantisation, defaults, weights, findings);
    } catch (InternalError e) {
      weights.close();
      throw TouchstoneException.because(
          Fault.CHANGED, directory, "cut short while it was opened", "open it again", e);
    } catch (RuntimeException | Error e) {
      weights.close();
      throw e;
    }
  }

  @Override
  public LlamaConfig config() {
    return config;
  }

  @Override
  public WeightMatrix matrix(String module) {
    return known(module, modules.matrices());
  }

  @Override
  public Optional<float[]> bias(String module) {
    known(module, modules.matrices());
    return Optional.ofNullable(modules.biases().get(module)).map(Tensor::toFloats);
  }

  @Override
  public DenseMatrix embedding() {
    return modules.embedding();
  }

  @Override
  public float[] gain(String norm) {
    return known(norm, modules.gains()).toFloats();
  }

  private static <T> T known(String name, Map<String, T> modules) {
    return Optional.ofNullable(modules.get(name))
        .orElseThrow(() -> new IllegalArgumentException("no module is called " + name));
  }

  /** The folder, as it was given to {@link #open}. */
  public Path directory() {
    return directory;
  }

  /** How the layers' {@link LinearModule linear modules} are quantised; empty if they are not. */
  public Optional<GptqConfig> quantisation() {
    return quantisation;
  }

  /** How its authors want the model sampled. */
  public GenerationDefaults generationDefaults() {
    return generationDefaults;
  }

  /** What is odd about this checkpoint and how it was read, one line each; empty under strict. */
  public List<String> warnings() {
    return warnings;
  }

  /** All stored tensors, used or not, file by file. */
  public List<StoredTensor> tensors() {
    return List.copyOf(weights.tensors().values());
  }

  /** Bytes of all stored tensors. */
  public long totalBytes() {
    return weights.tensors().values().stream().mapToLong(StoredTensor::bytes).sum();
  }

  /**
   * Checks that no weight file was written to since it was opened.
   *
   * @throws TouchstoneException with {@link Fault#CHANGED} that names the file
   */
  public void verifyUnchanged() {
    weights.verifyUnchanged();
  }

  /** Unmaps the weights; nothing that was read from here may be used any more. */
  @Override
  public void close() {
    weights.close();
  }
}
