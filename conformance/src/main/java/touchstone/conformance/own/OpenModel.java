package touchstone.conformance.own;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.GptqMatrix;
import touchstone.llama.Checkpoint;
import touchstone.synthetic.SyntheticCheckpoint;
import touchstone.synthetic.SyntheticModel;
import touchstone.tensor.Tensor;
import touchstone.tensor.TensorSpec;

/**
 * A model as it is stored.
 *
 * @param checkpoint what the reference reads of it
 * @param quantisation how its layers are quantised; empty if they are not
 * @param stored its tensors by name, read or not
 * @param large whether it is better read layer by layer, in every pass anew
 * @param closing what ends its use
 */
record OpenModel(
    Checkpoint checkpoint,
    Optional<GptqConfig> quantisation,
    Function<String, Optional<Tensor>> stored,
    boolean large,
    Runnable closing)
    implements AutoCloseable {
  private static final long LARGE_BYTES = 1L << 28;

  /** A model that lies in a folder. */
  static OpenModel of(CheckpointDirectory directory) {
    Map<String, Tensor> tensors =
        directory.tensors().stream()
            .collect(Collectors.toMap(stored -> stored.tensor().name(), stored -> stored.tensor()));
    return new OpenModel(
        directory,
        directory.quantisation(),
        name -> Optional.ofNullable(tensors.get(name)),
        directory.totalBytes() > LARGE_BYTES,
        directory::close);
  }

  /** A model whose tensors are made when they are asked for. */
  static OpenModel of(SyntheticModel model) {
    SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(model, 1);
    long bytes = model.tensors().stream().mapToLong(TensorSpec::bytes).sum();
    return new OpenModel(
        checkpoint,
        Optional.of(model.quantisation()),
        name -> Optional.of(checkpoint.tensor(name)),
        bytes > LARGE_BYTES,
        checkpoint::close);
  }

  /** A quantised matrix of this model, with what is known of it. */
  QuantisedModule module(GptqMatrix matrix) {
    return new QuantisedModule(
        matrix, quantisation.orElseThrow(), stored.apply(matrix.name() + ".g_idx"));
  }

  @Override
  public void close() {
    closing.run();
  }
}
