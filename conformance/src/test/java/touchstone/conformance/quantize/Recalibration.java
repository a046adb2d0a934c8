package touchstone.conformance.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.checkpoint.StoredTensor;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.llama.Checkpoint;
import touchstone.llama.LinearModule;
import touchstone.llama.Llama;
import touchstone.llama.LlamaConfig;
import touchstone.llama.ProbePoint;
import touchstone.quantize.GptqSolver;
import touchstone.quantize.Hessian;
import touchstone.quantize.QuantisationPlan;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.Tensor;
import touchstone.tensor.WeightMatrix;

/**
 * Finds every module of a quantised model anew: whole forward passes show what it saw, and the solver
 * makes of that what must be stored. None of the driver's shortcuts is taken.
 */
public final class Recalibration {
  private final CheckpointDirectory source;
  private final CheckpointDirectory quantised;
  private final Kernels kernels;
  private final QuantisationPlan plan;
  private final List<int[]> windows;

  private Recalibration(
      CheckpointDirectory source,
      CheckpointDirectory quantised,
      Kernels kernels,
      QuantisationPlan plan,
      List<int[]> windows) {
    this.source = source;
    this.quantised = quantised;
    this.kernels = kernels;
    this.plan = plan;
    this.windows = windows;
  }

  /** Requires that the stored modules are those that calibration on the windows gives, in every bit. */
  public static void requireModules(
      Path source, Path quantised, QuantisationPlan plan, List<int[]> windows) {
    try (CheckpointDirectory before = CheckpointDirectory.open(source, false);
        CheckpointDirectory after = CheckpointDirectory.open(quantised, true);
        Kernels kernels = KernelSets.open("simd", Numerics.F32, 2)) {
      new Recalibration(before, after, kernels, plan, windows).requireModules();
    }
  }

  private void requireModules() {
    LlamaConfig config = source.config();
    for (int layer = 0; layer < config.layers(); layer++) {
      int firstDense = plan.trueSequential() ? config.layers() : layer;
      Llama llama = Llama.load(new Mixed(source, quantised, firstDense), kernels);
      for (LinearModule module : LinearModule.ofLayer(config, layer)) {
        requireModule(llama, layer, module);
      }
    }
  }

  private void requireModule(Llama llama, int layer, LinearModule module) {
    DenseMatrix weight = inHalfPrecision((DenseMatrix) source.matrix(module.name()));
    Hessian hessian = hessian(llama, layer, module);
    GptqSolver.solve(weight, hessian, plan.settings(), kernels)
        .pack(module.name())
        .tensors()
        .forEach(
            tensor ->
                assertThat(bytes(tensor))
                    .as(tensor.name())
                    .isEqualTo(bytes(stored(quantised, tensor.name()))));
    float[] bias = source.bias(module.name()).orElseGet(() -> new float[module.outputs()]);
    assertThat(quantised.bias(module.name()).orElseThrow())
        .as(module.name() + ".bias")
        .isEqualTo(inHalfPrecision(bias));
  }

  private Hessian hessian(Llama llama, int layer, LinearModule module) {
    ProbePoint input =
        switch (module.name().substring(module.name().lastIndexOf('.') + 1)) {
          case "o_proj" -> ProbePoint.ATTN;
          case "gate_proj", "up_proj" -> ProbePoint.FFN_NORM;
          case "down_proj" -> ProbePoint.ACT;
          default -> ProbePoint.ATTN_NORM;
        };
    Hessian hessian = new Hessian(module.name(), module.inputs(), kernels);
    for (int[] window : windows) {
      llama.forward(
          window,
          llama.newCache(window.length),
          Llama.Rows.LAST,
          (point, number, values) -> {
            if (point == input && number == layer) {
              hessian.add(values);
            }
          });
    }
    return hessian;
  }

  /** The quantised model, its layers from one on still the source's in F16. */
  private record Mixed(Checkpoint source, Checkpoint quantised, int firstDense)
      implements Checkpoint {
    private boolean isDense(String module) {
      return module.startsWith("model.layers.")
          && Integer.parseInt(module.split("\\.")[2]) >= firstDense;
    }

    @Override
    public LlamaConfig config() {
      return source.config();
    }

    @Override
    public WeightMatrix matrix(String module) {
      return isDense(module)
          ? inHalfPrecision((DenseMatrix) source.matrix(module))
          : quantised.matrix(module);
    }

    @Override
    public Optional<float[]> bias(String module) {
      return isDense(module)
          ? source.bias(module).map(Recalibration::inHalfPrecision)
          : quantised.bias(module);
    }

    @Override
    public DenseMatrix embedding() {
      return inHalfPrecision(source.embedding());
    }

    @Override
    public float[] gain(String norm) {
      return inHalfPrecision(source.gain(norm));
    }
  }

  private static DenseMatrix inHalfPrecision(DenseMatrix matrix) {
    Tensor from = matrix.tensor();
    float[] values = from.toFloats();
    MemorySegment halves = MemorySegment.ofArray(new byte[Short.BYTES * values.length]);
    ValueLayout.OfShort layout =
        ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; i++) {
      halves.set(layout, 2L * i, Float.floatToFloat16(values[i]));
    }
    return new DenseMatrix(new Tensor(from.name(), DType.F16, from.shape(), halves));
  }

  /** Every number rounded to F16. */
  static float[] inHalfPrecision(float[] values) {
    float[] halves = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      halves[i] = Float.float16ToFloat(Float.floatToFloat16(values[i]));
    }
    return halves;
  }

  /** Requires that both kernel sets read the model strictly and compute the same logits. */
  public static void requireSameLogits(Path model, int[] window) {
    float[][] logits =
        Arrays.stream(new String[] {"scalar", "simd"})
            .map(kernelSet -> logits(model, kernelSet, window))
            .toArray(float[][]::new);
    assertThat(logits[0]).doesNotContain(Float.NaN).isEqualTo(logits[1]);
  }

  private static float[] logits(Path model, String kernelSet, int[] window) {
    try (CheckpointDirectory read = CheckpointDirectory.open(model, true);
        Kernels kernels = KernelSets.open(kernelSet, Numerics.F32, 2)) {
      Llama llama = Llama.load(read, kernels);
      return llama.next(window, llama.newCache(window.length)).clone();
    }
  }

  /** A tensor of a checkpoint's files. */
  static Tensor stored(CheckpointDirectory checkpoint, String name) {
    return checkpoint.tensors().stream()
        .map(StoredTensor::tensor)
        .filter(tensor -> tensor.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Its bytes. */
  static byte[] bytes(Tensor tensor) {
    return tensor.data().toArray(ValueLayout.JAVA_BYTE);
  }
}
