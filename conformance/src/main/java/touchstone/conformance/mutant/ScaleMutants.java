package touchstone.conformance.mutant;

import java.util.List;
import java.util.Optional;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.own.QuantisedModule;
import touchstone.conformance.profile.HalfType;
import touchstone.gptq.GptqMatrix;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.tensor.DType;
import touchstone.tensor.WeightMatrix;

/** Mistakes in scales and biases. */
final class ScaleMutants {
  private static final int BFLOAT_SHIFT = 16;

  private ScaleMutants() {}

  static List<Mutant> all() {
    return List.of(
        scalesTransposed(),
        scalesAsBfloat16(),
        scalesRoundedToBfloat16(),
        biasIgnored(),
        biasTwice());
  }

  private static Mutant scalesTransposed() {
    return new Mutant(
        "scales-transposed",
        Group.WEIGHTS,
        "scales read as [outputs, groups]",
        "Files with one group pass; in others scales are permuted.",
        "The other layout of the same tensor.",
        List.of(),
        Deviations.weight(
            new Reading() {
              @Override
              public boolean concerns(QuantisedModule module) {
                return module.matrix().groups() > 1;
              }

              @Override
              public float scale(QuantisedModule module, int group, int output) {
                GptqMatrix matrix = module.matrix();
                return matrix.scales().floatAt((long) output * matrix.groups() + group);
              }
            }));
  }

  private static Mutant scalesAsBfloat16() {
    return new Mutant(
        "scales-as-bfloat16",
        Group.WEIGHTS,
        "F16 scales read as bfloat16",
        "Weights of absurd size: NaN or garbage.",
        "One 16-bit type for all, that of the activations.",
        List.of(),
        Deviations.weight(
            new Reading() {
              @Override
              public boolean concerns(QuantisedModule module) {
                return module.matrix().scales().dtype() == DType.F16;
              }

              @Override
              public float scale(QuantisedModule module, int group, int output) {
                int bits = Float.floatToFloat16(module.matrix().scale(group, output));
                return Float.intBitsToFloat(bits << BFLOAT_SHIFT);
              }
            }));
  }

  private static Mutant scalesRoundedToBfloat16() {
    return new Mutant(
        "scales-rounded-to-bfloat16",
        Group.WEIGHTS,
        "scales rounded to bfloat16",
        "A relative error of 2e-3 in every weight, the same throughout a group.",
        "The model's type for all that floats.",
        List.of(),
        Deviations.weight(
            new Reading() {
              @Override
              public float scale(QuantisedModule module, int group, int output) {
                return HalfType.BF16.round(module.matrix().scale(group, output));
              }
            }));
  }

  private static Mutant biasIgnored() {
    return new Mutant(
        "bias-ignored",
        Group.WEIGHTS,
        "biases of linear modules left out",
        "Files whose biases are zero pass, as nearly all of AutoGPTQ are.",
        "The loader skips what its model has no place for.",
        IssueLinks.of("vllm-project/vllm#18363"),
        Deviations.kernels((right, _) -> biases(right, 0)));
  }

  private static Mutant biasTwice() {
    return new Mutant(
        "bias-twice",
        Group.WEIGHTS,
        "biases added twice",
        "Files whose biases are zero pass.",
        "Each of two shards adds the bias to its part of the sum.",
        IssueLinks.of("vllm-project/vllm#18363"),
        Deviations.kernels((right, _) -> biases(right, 2)));
  }

  private static Kernels biases(Kernels right, int times) {
    return new KernelsView(right) {
      @Override
      public Linear linear(WeightMatrix weight, Optional<float[]> bias) {
        return right.linear(weight, bias.map(b -> multiplied(b, times)));
      }
    };
  }

  private static float[] multiplied(float[] values, int times) {
    float[] multiplied = values.clone();
    for (int i = 0; i < multiplied.length; i++) {
      multiplied[i] *= times;
    }
    return multiplied;
  }
}
