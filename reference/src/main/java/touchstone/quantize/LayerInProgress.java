package touchstone.quantize;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import touchstone.gptq.GptqMatrix;
import touchstone.llama.Checkpoint;
import touchstone.llama.LinearModule;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.WeightMatrix;

/**
 * One layer of a dense checkpoint while it is being quantised: its weights in F16, module after module
 * replaced by what will be stored.
 */
final class LayerInProgress implements Checkpoint {
  private final Checkpoint source;
  private final Map<String, WeightMatrix> matrices = new HashMap<>();
  private final Map<String, float[]> biases = new HashMap<>();

  LayerInProgress(Checkpoint source, int layer) {
    this.source = source;
    for (LinearModule module : LinearModule.ofLayer(source.config(), layer)) {
      DenseMatrix dense = (DenseMatrix) source.matrix(module.name());
      matrices.put(module.name(), new DenseMatrix(HalfPrecision.of(dense.tensor())));
      source
          .bias(module.name())
          .ifPresent(
              bias -> biases.put(module.name(), HalfPrecision.of(module.name() + ".bias", bias)));
    }
  }

  /** The weight of a module that has not been replaced. */
  DenseMatrix dense(LinearModule module) {
    return (DenseMatrix) matrices.get(module.name());
  }

  /** Puts a quantised weight in the place of the dense one. */
  void replace(String module, GptqMatrix matrix) {
    matrices.put(module, matrix);
  }

  @Override
  public LlamaConfig config() {
    return source.config();
  }

  @Override
  public WeightMatrix matrix(String module) {
    return matrices.get(module);
  }

  @Override
  public Optional<float[]> bias(String module) {
    return Optional.ofNullable(biases.get(module));
  }

  @Override
  public DenseMatrix embedding() {
    return source.embedding();
  }

  @Override
  public float[] gain(String norm) {
    return HalfPrecision.of(norm + ".weight", source.gain(norm));
  }
}
