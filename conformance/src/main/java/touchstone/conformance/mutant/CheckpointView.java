package touchstone.conformance.mutant;

import java.util.Optional;
import touchstone.llama.Checkpoint;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.WeightMatrix;

/** A checkpoint that hands on what a right one reads; a deviation overrides what it gets wrong. */
interface CheckpointView extends Checkpoint {
  /** The checkpoint that reads. */
  Checkpoint right();

  @Override
  default LlamaConfig config() {
    return right().config();
  }

  @Override
  default WeightMatrix matrix(String module) {
    return right().matrix(module);
  }

  @Override
  default Optional<float[]> bias(String module) {
    return right().bias(module);
  }

  @Override
  default DenseMatrix embedding() {
    return right().embedding();
  }

  @Override
  default float[] gain(String norm) {
    return right().gain(norm);
  }
}
