package touchstone.conformance.mutant;

import java.util.List;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.kernels.Kernels;
import touchstone.llama.LlamaConfig;
import touchstone.llama.RopeScaling;

/** Mistakes in how the rotary position embedding is stretched. */
final class RopeScalingMutants {
  private RopeScalingMutants() {}

  static List<Mutant> all() {
    return List.of(
        ropeScalingIgnored(), ropeNtkAlways(), ropeDynamicAsLinear(), ropeLinearMultiplied());
  }

  private static Mutant ropeScalingIgnored() {
    return new Mutant(
        "rope-scaling-ignored",
        Group.ARITHMETIC,
        "rope_scaling not read",
        "Linear: wrong from position 1 on. Dynamic: wrong beyond the trained length.",
        "A field that came later.",
        IssueLinks.of(
            "huggingface/text-generation-inference#783",
            "huggingface/text-generation-inference#822"),
        Deviations.config(config -> Configs.withScaling(config, new RopeScaling.None())));
  }

  private static Mutant ropeNtkAlways() {
    return new Mutant(
        "rope-ntk-always",
        Group.ARITHMETIC,
        "dynamic scaling at every length, by the full factor",
        "Short texts are wrong too.",
        "The base computed once, for the longest text.",
        IssueLinks.of("huggingface/text-generation-inference#822"),
        Deviations.config(RopeScalingMutants::ntkAlways));
  }

  private static Mutant ropeDynamicAsLinear() {
    return new Mutant(
        "rope-dynamic-as-linear",
        Group.ARITHMETIC,
        "dynamic scaling done as linear",
        "Wrong from position 1 on in models with dynamic scaling.",
        "Only the factor of rope_scaling is read.",
        IssueLinks.of("huggingface/text-generation-inference#783"),
        Deviations.config(RopeScalingMutants::dynamicAsLinear));
  }

  private static Mutant ropeLinearMultiplied() {
    return new Mutant(
        "rope-linear-multiplied",
        Group.ARITHMETIC,
        "linear scaling multiplies positions by the factor",
        "Models with linear scaling are wrong from position 1 on.",
        "The reciprocal of the factor is what the field holds elsewhere.",
        List.of(),
        Deviations.kernels(RopeScalingMutants::multiplied));
  }

  private static LlamaConfig ntkAlways(LlamaConfig config) {
    return switch (config.ropeScaling()) {
      case RopeScaling.Dynamic(double factor, _) -> {
        double exponent = config.headDim() / (config.headDim() - 2.0);
        double theta = config.ropeTheta() * StrictMath.pow(factor, exponent);
        yield Configs.withScaling(Configs.withTheta(config, theta), new RopeScaling.None());
      }
      case RopeScaling.Linear _, RopeScaling.None _ -> config;
    };
  }

  private static LlamaConfig dynamicAsLinear(LlamaConfig config) {
    return switch (config.ropeScaling()) {
      case RopeScaling.Dynamic(double factor, _) ->
          Configs.withScaling(config, new RopeScaling.Linear(factor));
      case RopeScaling.Linear _, RopeScaling.None _ -> config;
    };
  }

  private static Kernels multiplied(Kernels right, LlamaConfig config) {
    return switch (config.ropeScaling()) {
      case RopeScaling.Linear(double factor) ->
          Rotations.rotating(
              right,
              (x, table) ->
                  right.rope(
                      x,
                      Angles.of(table, config)
                          .table((position, frequency) -> position * factor * factor * frequency)));
      case RopeScaling.Dynamic _, RopeScaling.None _ -> right;
    };
  }
}
