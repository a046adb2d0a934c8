package touchstone.llama;

import java.util.Optional;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.WeightMatrix;

/**
 * Where a model's numbers come from: files on disk, or a generator. Names are those of {@link
 * LinearModule}; shapes have been checked against the configuration.
 */
public interface Checkpoint {
  /** The model's dimensions. */
  LlamaConfig config();

  /** The weight of a linear module, {@link LinearModule#HEAD} included. */
  WeightMatrix matrix(String module);

  /** The bias of a linear module; empty if it has none. */
  Optional<float[]> bias(String module);

  /** The embedding matrix [vocab, dim]. */
  DenseMatrix embedding();

  /** The gain of a norm [dim]. */
  float[] gain(String norm);
}
