package touchstone.conformance.llama;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.PackedCodes;
import touchstone.llama.Checkpoint;
import touchstone.llama.LinearModule;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.Tensor;
import touchstone.tensor.WeightMatrix;

/** A checkpoint in memory whose every tensor follows from its name and a seed. */
final class RandomCheckpoint implements Checkpoint {
  private final LlamaConfig config;
  private final Optional<GptqConfig> quantisation;
  private final long seed;

  RandomCheckpoint(LlamaConfig config, Optional<GptqConfig> quantisation, long seed) {
    this.config = config;
    this.quantisation = quantisation;
    this.seed = seed;
  }

  private SplittableRandom random(String name) {
    return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + name.hashCode());
  }

  private float[] uniform(String name, int count, double middle, double reach) {
    SplittableRandom random = random(name);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (middle + reach * (2 * random.nextDouble() - 1));
    }
    return values;
  }

  private static DenseMatrix dense(String name, int rows, int columns, float[] values) {
    return new DenseMatrix(
        new Tensor(
            name, DType.F32, List.of((long) rows, (long) columns), MemorySegment.ofArray(values)));
  }

  @Override
  public LlamaConfig config() {
    return config;
  }

  @Override
  public WeightMatrix matrix(String name) {
    if (name.equals(LinearModule.HEAD)) {
      return dense(
          name, config.vocab(), config.dim(), uniform(name, config.vocab() * config.dim(), 0, 0.3));
    }
    LinearModule module =
        LinearModule.ofAllLayers(config)
            .filter(m -> m.name().equals(name))
            .findFirst()
            .orElseThrow();
    return quantisation
        .<WeightMatrix>map(gptq -> quantised(module, gptq))
        .orElseGet(
            () ->
                dense(
                    name,
                    module.outputs(),
                    module.inputs(),
                    uniform(name, module.outputs() * module.inputs(), 0, 0.4)));
  }

  private GptqMatrix quantised(LinearModule module, GptqConfig gptq) {
    SplittableRandom random = random(module.name());
    int groups = gptq.groups(module.inputs());
    int codes = 1 << gptq.bits();
    int qweightRows = PackedCodes.words(module.inputs(), gptq.bits());
    int zeroColumns = PackedCodes.words(module.outputs(), gptq.bits());
    int[] qweight = random.ints((long) qweightRows * module.outputs()).toArray();
    int[] qzeros = random.ints((long) groups * zeroColumns).toArray();
    float[] scales = new float[groups * module.outputs()];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = (float) (0.4 / codes * (1 + random.nextDouble()));
    }
    int[] groupOf =
        IntStream.range(0, module.inputs()).map(k -> k / gptq.groupSize(module.inputs())).toArray();
    if (gptq.actOrder()) {
      shuffle(groupOf, random);
    }
    return GptqMatrix.of(
        module.name(),
        gptq,
        module.outputs(),
        module.inputs(),
        ints("qweight", qweightRows, module.outputs(), qweight),
        ints("qzeros", groups, zeroColumns, qzeros),
        dense("scales", groups, module.outputs(), scales).tensor(),
        Optional.of(
            new Tensor(
                "g_idx",
                DType.I32,
                List.of((long) module.inputs()),
                MemorySegment.ofArray(groupOf))));
  }

  private static void shuffle(int[] values, SplittableRandom random) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = values[i];
      values[i] = values[j];
      values[j] = kept;
    }
  }

  private static Tensor ints(String name, int rows, int columns, int[] values) {
    return new Tensor(
        name, DType.I32, List.of((long) rows, (long) columns), MemorySegment.ofArray(values));
  }

  @Override
  public Optional<float[]> bias(String name) {
    return LinearModule.ofAllLayers(config)
        .filter(m -> m.name().equals(name) && m.hasBias())
        .findFirst()
        .map(m -> uniform(name + ".bias", m.outputs(), 0, 0.2));
  }

  @Override
  public DenseMatrix embedding() {
    String name = LinearModule.EMBEDDING;
    return dense(
        name, config.vocab(), config.dim(), uniform(name, config.vocab() * config.dim(), 0, 1));
  }

  @Override
  public float[] gain(String norm) {
    return uniform(norm, config.dim(), 1, 0.5);
  }
}
