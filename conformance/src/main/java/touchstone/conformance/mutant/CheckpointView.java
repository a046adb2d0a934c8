package touchstone.conformance.mutant;

import java.util.Optional;
import touchstone.llama.Checkpoint;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.WeightMatrix;

/** A checkpoint that hands on what a right one reads; a deviation overrides what it gets wrong. */
abstract class CheckpointView implements Checkpoint {
  private final Checkpoint right;

  /** On the checkpoint that reads. */
  CheckpointView(Checkpoint right) {
    this.right = right;
  }

  @Override
  public LlamaConfig config() {
    return right.config();
  }

  @Override
  public WeightMatrix matrix(String module) {
    return right.matrix(module);
  }

  @Override
  public Optional<float[]> bias(String module) {
    return right.bias(module);
  }

  @Override
  public DenseMatrix embedding() {
    return right.embedding();
  }

  @Override
  public float[] gain(String norm) {
    return right.gain(norm);
  }
}
