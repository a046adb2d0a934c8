package touchstone.synthetic;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.GptqMatrix;
import touchstone.kernels.ThreadTeam;
import touchstone.llama.Checkpoint;
import touchstone.llama.LinearModule;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.Tensor;
import touchstone.tensor.TensorSpec;
import touchstone.tensor.WeightMatrix;

/**
 * A checkpoint that makes each tensor when it is asked for it and keeps none: {@link
 * touchstone.llama.Llama#stream} on it runs a 70B in the memory of one layer, the embedding, the head
 * and the cache. A tensor has the same bits whoever asks, when and on how many threads.
 *
 * <p>Biases are there, of zeros, as in a file: adding one turns a -0 into +0.
 */
public final class SyntheticCheckpoint implements Checkpoint, AutoCloseable {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final SyntheticModel model;
  private final LlamaConfig config;
  private final GptqConfig quantisation;
  private final Map<String, TensorSpec> specs;
  private final Map<String, LinearModule> modules;
  private final ThreadTeam team;

  /**
   * Prepares to make tensors.
   *
   * @param threads number of threads that fill a tensor, the calling one included
   */
  public SyntheticCheckpoint(SyntheticModel model, int threads) {
    this.model = model;
    this.config = model.config();
    this.quantisation = model.quantisation();
    this.specs =
        model.tensors().stream().collect(Collectors.toMap(TensorSpec::name, Function.identity()));
    this.modules =
        LinearModule.ofAllLayers(config)
            .collect(Collectors.toMap(LinearModule::name, Function.identity()));
    this.team = new ThreadTeam("touchstone-synthetic", threads);
  }

  /** What decides the bits of this checkpoint. */
  public SyntheticModel model() {
    return model;
  }

  @Override
  public LlamaConfig config() {
    return config;
  }

  @Override
  public WeightMatrix matrix(String module) {
    if (module.equals(LinearModule.HEAD)) {
      return new DenseMatrix(tensor(module + ".weight"));
    }
    LinearModule linear = known(module, modules);
    return GptqMatrix.of(
        module,
        quantisation,
        linear.outputs(),
        linear.inputs(),
        tensor(module + ".qweight"),
        tensor(module + ".qzeros"),
        tensor(module + ".scales"),
        Optional.of(tensor(module + ".g_idx")));
  }

  @Override
  public Optional<float[]> bias(String module) {
    return module.equals(LinearModule.HEAD)
        ? Optional.empty()
        : Optional.of(new float[known(module, modules).outputs()]);
  }

  @Override
  public DenseMatrix embedding() {
    return new DenseMatrix(tensor(LinearModule.EMBEDDING + ".weight"));
  }

  @Override
  public float[] gain(String norm) {
    return tensor(norm + ".weight").toFloats();
  }

  /**
   * One stored tensor, made anew.
   *
   * @param name one of {@link SyntheticModel#tensors}
   */
  public synchronized Tensor tensor(String name) {
    TensorSpec spec = known(name, specs);
    MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(spec.bytes())]);
    int dot = name.lastIndexOf('.');
    String owner = name.substring(0, dot);
    String kind = name.substring(dot + 1);
    Draws draws = Draws.of(model.seed(), name);
    if (kind.equals("weight")) {
      fillWeight(owner, draws, data);
    } else {
      fillQuantised(known(owner, modules), kind, draws, data);
    }
    return new Tensor(name, spec.dtype(), spec.shape(), data);
  }

  private void fillWeight(String owner, Draws draws, MemorySegment data) {
    switch (owner) {
      case LinearModule.EMBEDDING -> Bells.embedding(draws, data, team);
      case LinearModule.HEAD -> Bells.head(draws, config.dim(), data, team);
      default -> Bells.gain(draws, data, team);
    }
  }

  private void fillQuantised(LinearModule module, String kind, Draws draws, MemorySegment data) {
    int inputs = module.inputs();
    int bits = quantisation.bits();
    switch (kind) {
      case "qweight" -> Codes.fill(draws, bits, inputs, module.outputs(), data, team);
      case "qzeros" -> copy(Scales.zeros(bits, (int) (data.byteSize() / Integer.BYTES)), data);
      case "scales" -> Scales.fill(draws, inputs, bits, data, team);
      case "g_idx" -> copy(groupOf(draws, inputs), data);
      case "bias" -> data.fill((byte) 0);
      default -> throw new AssertionError(kind);
    }
  }

  private int[] groupOf(Draws draws, int inputs) {
    int groupSize = quantisation.groupSize(inputs);
    return quantisation.actOrder()
        ? Groups.ranked(draws, inputs, groupSize)
        : Groups.sequential(inputs, groupSize);
  }

  private static void copy(int[] values, MemorySegment data) {
    MemorySegment.copy(values, 0, data, INT, 0, values.length);
  }

  private static <T> T known(String name, Map<String, T> known) {
    return Optional.ofNullable(known.get(name))
        .orElseThrow(() -> new IllegalArgumentException("no part of a Llama is called " + name));
  }

  /** Ends the threads; tensors that were made stay good. */
  @Override
  public void close() {
    team.close();
  }
}
