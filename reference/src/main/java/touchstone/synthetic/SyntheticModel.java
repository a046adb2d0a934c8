package touchstone.synthetic;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.PackedCodes;
import touchstone.gptq.ZeroPointFormat;
import touchstone.llama.LinearModule;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.DType;
import touchstone.tensor.TensorSpec;

/**
 * Everything that decides the bits of a synthetic checkpoint.
 *
 * @param shape its dimensions
 * @param bits 2, 3, 4 or 8
 * @param groupSize inputs that share a scale; {@link GptqConfig#NO_GROUPS} for all of them
 * @param actOrder whether a group's inputs lie anywhere in the matrix
 * @param seed any number
 * @source AutoGPTQ v0.4.2, whose names, types, shapes and zero biases these are
 */
public record SyntheticModel(
    ModelShape shape, int bits, int groupSize, boolean actOrder, long seed) {
  /** Most bytes of an array, and so of a tensor. */
  private static final long MOST_BYTES = Integer.MAX_VALUE - 8;

  public SyntheticModel {
    Objects.requireNonNull(shape, "shape");
    if (bits != 2 && bits != 3 && bits != 4 && bits != 8) {
      throw TouchstoneException.of(Fault.USAGE, "bits", String.valueOf(bits), "2, 3, 4 or 8");
    }
    if (groupSize != GptqConfig.NO_GROUPS && groupSize < 1) {
      throw TouchstoneException.of(
          Fault.USAGE,
          "group size",
          String.valueOf(groupSize),
          "%d for one group, or at least 1".formatted(GptqConfig.NO_GROUPS));
    }
    GptqConfig quantisation = quantisation(bits, groupSize, actOrder);
    LinearModule.ofLayer(shape.config(), 0)
        .forEach(module -> Scales.requireNormal(module.name(), module.inputs(), bits));
    tensors(shape.config(), quantisation).forEach(SyntheticModel::requireArray);
  }

  private static void requireArray(TensorSpec spec) {
    if (spec.bytes() > MOST_BYTES) {
      throw TouchstoneException.of(
          Fault.LIMIT,
          spec.name(),
          spec.shape() + " takes " + spec.bytes() + " bytes",
          "at most %d are made at once; take a smaller shape".formatted(MOST_BYTES));
    }
  }

  /** The dimensions and constants of the model. */
  public LlamaConfig config() {
    return shape.config();
  }

  /** How its layers are quantised. */
  public GptqConfig quantisation() {
    return quantisation(bits, groupSize, actOrder);
  }

  private static GptqConfig quantisation(int bits, int groupSize, boolean actOrder) {
    return new GptqConfig(
        bits,
        groupSize,
        actOrder,
        true,
        ZeroPointFormat.V1,
        OptionalDouble.of(0.1),
        false,
        true,
        Optional.of("model"));
  }

  /** All its tensors, in the order of the forward pass. */
  public List<TensorSpec> tensors() {
    return tensors(config(), quantisation()).toList();
  }

  private static Stream<TensorSpec> tensors(LlamaConfig config, GptqConfig quantisation) {
    return Stream.of(
            Stream.of(matrix(LinearModule.EMBEDDING, config)),
            LinearModule.ofAllLayers(config).flatMap(module -> module(module, quantisation)),
            LinearModule.norms(config).map(norm -> halves(norm + ".weight", config.dim())),
            Stream.of(matrix(LinearModule.HEAD, config)))
        .flatMap(tensors -> tensors);
  }

  private static TensorSpec matrix(String name, LlamaConfig config) {
    return halves(name + ".weight", config.vocab(), config.dim());
  }

  private static Stream<TensorSpec> module(LinearModule module, GptqConfig quantisation) {
    int bits = quantisation.bits();
    int groups = quantisation.groups(module.inputs());
    String name = module.name();
    return Stream.of(
        ints(name + ".qweight", PackedCodes.words(module.inputs(), bits), module.outputs()),
        ints(name + ".qzeros", groups, PackedCodes.words(module.outputs(), bits)),
        halves(name + ".scales", groups, module.outputs()),
        ints(name + ".g_idx", module.inputs()),
        halves(name + ".bias", module.outputs()));
  }

  private static TensorSpec ints(String name, long... shape) {
    return new TensorSpec(name, DType.I32, LongStream.of(shape).boxed().toList());
  }

  private static TensorSpec halves(String name, long... shape) {
    return new TensorSpec(name, DType.F16, LongStream.of(shape).boxed().toList());
  }
}
