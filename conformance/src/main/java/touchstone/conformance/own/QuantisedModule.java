package touchstone.conformance.own;

import java.util.Objects;
import java.util.Optional;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.GptqMatrix;
import touchstone.tensor.Tensor;

/**
 * A quantised matrix, with what a reader knows of it beyond its numbers.
 *
 * @param matrix as the reference reads it
 * @param config how the file says that it was quantised
 * @param groupIndices g_idx as it is stored, a place-holder too; empty if there is none
 */
public record QuantisedModule(GptqMatrix matrix, GptqConfig config, Optional<Tensor> groupIndices) {
  public QuantisedModule {
    Objects.requireNonNull(matrix, "matrix");
    Objects.requireNonNull(config, "config");
    Objects.requireNonNull(groupIndices, "groupIndices");
  }

  /** Inputs per group. */
  public int groupSize() {
    return config.groupSize(matrix.columns());
  }
}
