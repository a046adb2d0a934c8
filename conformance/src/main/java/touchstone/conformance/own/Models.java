package touchstone.conformance.own;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import touchstone.kernels.KernelSets;
import touchstone.kernels.KernelSettings;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.llama.Checkpoint;
import touchstone.llama.Llama;
import touchstone.llama.LlamaConfig;

/** The models of one runtime, each taken into use at its first call. */
final class Models implements AutoCloseable {
  private final Checkpoints checkpoints;
  private final Kernels kernels;
  private final Kernels streaming; // prepares nothing
  private final Seams seams;
  private final Map<JsonNode, Llama> loaded = new HashMap<>();

  Models(Checkpoints checkpoints, String kernelSet, int threads, Seams seams) {
    this.checkpoints = checkpoints;
    this.kernels = KernelSets.open(kernelSet, Numerics.F32, threads);
    this.streaming = KernelSets.open(kernelSet, new KernelSettings(Numerics.F32, threads, 0));
    this.seams = seams;
  }

  Llama get(JsonNode model) {
    return loaded.computeIfAbsent(model, this::load);
  }

  private Llama load(JsonNode model) {
    OpenModel open = checkpoints.get(model);
    Checkpoint read = seams.checkpoint(AsRead.of(open, seams));
    return open.large()
        ? Llama.stream(read, seams.kernels(streaming, read.config()))
        : Llama.load(read, seams.kernels(kernels, read.config()));
  }

  /** The kernels of operations by themselves. */
  Kernels kernels(LlamaConfig config) {
    return seams.operation(kernels, config);
  }

  @Override
  public void close() {
    kernels.close();
    streaming.close();
  }
}
