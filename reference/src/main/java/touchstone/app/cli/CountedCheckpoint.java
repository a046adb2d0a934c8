package touchstone.app.cli;

import java.util.Optional;
import touchstone.llama.Checkpoint;
import touchstone.llama.LinearModule;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.WeightMatrix;

/** A checkpoint that counts what one model takes from it. */
final class CountedCheckpoint implements Checkpoint {
  private final Checkpoint checkpoint;
  private Weights layers = Weights.NONE;
  private Weights head = Weights.NONE;
  private Weights embedding = Weights.NONE;
  private Weights vectors = Weights.NONE;

  CountedCheckpoint(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  /** The linear modules of all layers. */
  Weights layers() {
    return layers;
  }

  /** The output head, which may be the embedding. */
  Weights head() {
    return config().tiedEmbeddings() ? embedding : head;
  }

  /** Everything, each once. */
  Weights all() {
    return layers.plus(head).plus(embedding).plus(vectors);
  }

  @Override
  public LlamaConfig config() {
    return checkpoint.config();
  }

  @Override
  public WeightMatrix matrix(String module) {
    WeightMatrix matrix = checkpoint.matrix(module);
    if (module.equals(LinearModule.HEAD)) {
      head = Weights.of(matrix);
    } else {
      layers = layers.plus(Weights.of(matrix));
    }
    return matrix;
  }

  @Override
  public Optional<float[]> bias(String module) {
    Optional<float[]> bias = checkpoint.bias(module);
    bias.ifPresent(values -> vectors = vectors.plus(Weights.of(values)));
    return bias;
  }

  @Override
  public DenseMatrix embedding() {
    DenseMatrix matrix = checkpoint.embedding();
    embedding = Weights.of(matrix);
    return matrix;
  }

  @Override
  public float[] gain(String norm) {
    float[] gain = checkpoint.gain(norm);
    vectors = vectors.plus(Weights.of(gain));
    return gain;
  }
}
