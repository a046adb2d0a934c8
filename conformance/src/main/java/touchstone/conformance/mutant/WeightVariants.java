package touchstone.conformance.mutant;

import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import touchstone.conformance.own.QuantisedModule;
import touchstone.conformance.own.Seams;
import touchstone.conformance.profile.HalfType;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.tensor.Activations;
import touchstone.tensor.DType;
import touchstone.tensor.WeightMatrix;

/** Other honest products with weights. */
final class WeightVariants {
  private WeightVariants() {}

  static List<Variant> all() {
    return List.of(
        weightsFormed(),
        weightsRounded(),
        weightsByHalfProducts(),
        sumsInTwoSlices(),
        sumsInDouble());
  }

  private static Variant weightsFormed() {
    return new Variant(
        "weights-formed",
        "weights are formed before the product",
        "AutoGPTQ's kernels in fp32 and for act-order",
        NumericProfile.F32,
        Deviations.weight(new Reading() {}));
  }

  private static Variant weightsRounded() {
    return new Variant(
        "weights-rounded",
        "weights are formed and rounded to F16",
        "AutoGPTQ's fallback in PyTorch, ExLlama's for long prompts, Triton's kernels",
        NumericProfile.F16,
        Deviations.weight(
            new Reading() {
              @Override
              public float weight(float scale, int code, int zero) {
                return HalfType.F16.round(scale * (code - zero));
              }
            }));
  }

  private static Variant weightsByHalfProducts() {
    return new Variant(
        "weights-by-half-products",
        "scale * zero is rounded to F16, scale * code is added and the sum rounded",
        "AutoGPTQ's faster kernel",
        NumericProfile.F16,
        Deviations.weight(
            new Reading() {
              @Override
              public boolean concerns(QuantisedModule module) {
                return module.matrix().scales().dtype() == DType.F16;
              }

              @Override
              public float weight(float scale, int code, int zero) {
                return HalfType.F16.round(scale * code + HalfType.F16.round(-scale * zero));
              }
            }));
  }

  private static Variant sumsInTwoSlices() {
    return new Variant(
        "sums-in-two-slices",
        "the two halves of the inputs are added up by themselves",
        "Transformers with pretraining_tp 2, every runtime on two GPUs",
        NumericProfile.F32,
        sums(inputs -> inputs / 2));
  }

  private static Variant sumsInDouble() {
    return new Variant(
        "sums-in-double",
        "products with weights are added up in binary64",
        "nobody; the best that binary32 activations allow",
        NumericProfile.F32,
        sums(inputs -> inputs));
  }

  private static Seams sums(IntUnaryOperator slice) {
    return Deviations.kernels((right, _) -> summing(right, slice));
  }

  /** Slices are added up in double and rounded once each; of one slice the sum is exact. */
  private static Kernels summing(Kernels right, IntUnaryOperator slice) {
    return new KernelsView(right) {
      @Override
      public Linear linear(WeightMatrix weight, Optional<float[]> bias) {
        int width = Math.max(1, slice.applyAsInt(weight.columns()));
        return (x, y) -> product(weight, bias, width, x, y);
      }
    };
  }

  private static void product(
      WeightMatrix weight, Optional<float[]> bias, int width, Activations x, Activations y) {
    float[] weights = new float[weight.columns()]; // [inputs]
    for (int output = 0; output < weight.rows(); output++) {
      for (int input = 0; input < weights.length; input++) {
        weights[input] = weight.dequantise(output, input);
      }
      for (int row = 0; row < x.rows(); row++) {
        float sum = 0;
        for (int from = 0; from < weights.length; from += width) {
          sum += dot(weights, x, row, from, Math.min(from + width, weights.length));
        }
        int at = output;
        y.values()[y.start(row) + output] = sum + bias.map(b -> b[at]).orElse(0f);
      }
    }
  }

  private static float dot(float[] weights, Activations x, int row, int from, int to) {
    double sum = 0;
    for (int input = from; input < to; input++) {
      sum += (double) weights[input] * x.values()[x.start(row) + input];
    }
    return (float) sum;
  }
}
