package touchstone.conformance.mutant;

import java.util.List;
import java.util.Optional;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.profile.HalfType;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.tensor.Activations;
import touchstone.tensor.WeightMatrix;

/** Too little precision or range, in a runtime that says binary32. */
final class PrecisionMutants {
  private static final float LARGEST_HALF = 65_504;

  private PrecisionMutants() {}

  static List<Mutant> all() {
    return List.of(
        softmaxHalf(),
        softmaxNoMaximum(),
        accumulatorsHalf(),
        outputsHalfRange(),
        outputNotCleared(),
        residualHalf());
  }

  private static Mutant softmaxHalf() {
    return new Mutant(
        "softmax-half",
        Group.ARITHMETIC,
        "scores and probabilities rounded to F16",
        "Rows do not add up to one, the more so the longer the text.",
        "A softmax in the type of the activations.",
        List.of(),
        Deviations.kernels(
            (right, _) -> softmax(right, (scores, count) -> softmaxHalf(right, scores, count))));
  }

  private static Mutant softmaxNoMaximum() {
    return new Mutant(
        "softmax-no-maximum",
        Group.ARITHMETIC,
        "exponentials of scores as they are",
        "Right for small scores; above 88 infinity and NaN.",
        "The subtraction of the maximum left out.",
        IssueLinks.of("ggml-org/llama.cpp#2665"),
        Deviations.kernels((right, _) -> softmax(right, PrecisionMutants::softmaxUnshifted)));
  }

  private static Mutant accumulatorsHalf() {
    return new Mutant(
        "accumulators-half",
        Group.ARITHMETIC,
        "products with weights added up in F16",
        "An error that grows with the number of inputs; bursts in the widest matrix.",
        "Half accumulators of a matrix unit, or half atomics.",
        IssueLinks.of(
            "vllm-project/vllm#6795",
            "ModelCloud/GPTQModel#2523",
            "ggml-org/llama.cpp#4490",
            "ggml-org/llama.cpp#13137"),
        Deviations.kernels((right, _) -> linear(right, (weight, product) -> halfSums(weight))));
  }

  private static Mutant outputsHalfRange() {
    return new Mutant(
        "outputs-half-range",
        Group.ARITHMETIC,
        "outputs above 65504 become infinite",
        "Right for nearly all texts; massive activations give infinity, then NaN.",
        "Outputs stored in F16.",
        IssueLinks.of("huggingface/transformers#27179", "ROCm/AMDMIGraphX#2556"),
        Deviations.kernels((right, _) -> linear(right, (weight, product) -> halfRange(product))));
  }

  private static Mutant outputNotCleared() {
    return new Mutant(
        "output-not-cleared",
        Group.ARITHMETIC,
        "products added to what the output held before",
        "The first call is right, later ones are not.",
        "Partial sums are added to a buffer that nobody clears.",
        IssueLinks.of("vllm-project/vllm#30719"),
        Deviations.inModels((right, _) -> linear(right, (weight, product) -> notCleared(product))));
  }

  private static Mutant residualHalf() {
    return new Mutant(
        "residual-half",
        Group.ARITHMETIC,
        "the residual stream rounded to F16",
        "A small error in every layer, which adds up.",
        "Activations stored in the type of the weights.",
        IssueLinks.of("huggingface/transformers#27179"),
        Deviations.inModels((right, _) -> residualHalf(right)));
  }

  /** Turns scores into probabilities in place. */
  @FunctionalInterface
  private interface Softmax {
    void apply(float[] scores, int count);
  }

  private static Kernels softmax(Kernels right, Softmax softmax) {
    return new KernelsView(right) {
      @Override
      public void softmax(float[] scores, int count) {
        softmax.apply(scores, count);
      }
    };
  }

  private static void softmaxHalf(Kernels right, float[] scores, int count) {
    round(scores, count);
    right.softmax(scores, count);
    round(scores, count);
  }

  private static void round(float[] values, int count) {
    for (int i = 0; i < count; i++) {
      values[i] = HalfType.F16.round(values[i]);
    }
  }

  private static void softmaxUnshifted(float[] scores, int count) {
    float sum = 0;
    for (int i = 0; i < count; i++) {
      scores[i] = (float) StrictMath.exp(scores[i]);
      sum += scores[i];
    }
    for (int i = 0; i < count; i++) {
      scores[i] /= sum;
    }
  }

  /** What becomes of a product with a weight. */
  @FunctionalInterface
  private interface Deviant {
    Linear of(WeightMatrix weight, Linear product);
  }

  /** Biases are right. */
  private static Kernels linear(Kernels right, Deviant deviant) {
    return new KernelsView(right) {
      @Override
      public Linear linear(WeightMatrix weight, Optional<float[]> bias) {
        Linear product = deviant.of(weight, right.linear(weight, Optional.empty()));
        return (x, y) -> {
          product.apply(x, y);
          bias.ifPresent(b -> addBias(b, y));
        };
      }
    };
  }

  private static void addBias(float[] bias, Activations y) {
    for (int row = 0; row < y.rows(); row++) {
      for (int i = 0; i < bias.length; i++) {
        y.values()[y.start(row) + i] += bias[i];
      }
    }
  }

  private static Linear halfSums(WeightMatrix weight) {
    return (x, y) -> {
      float[] weights = new float[weight.columns()]; // [inputs]
      for (int output = 0; output < weight.rows(); output++) {
        for (int input = 0; input < weights.length; input++) {
          weights[input] = weight.dequantise(output, input);
        }
        for (int row = 0; row < x.rows(); row++) {
          float sum = 0;
          for (int input = 0; input < weights.length; input++) {
            sum =
                HalfType.F16.round(Math.fma(weights[input], x.values()[x.start(row) + input], sum));
          }
          y.values()[y.start(row) + output] = sum;
        }
      }
    };
  }

  private static Linear halfRange(Linear product) {
    return (x, y) -> {
      product.apply(x, y);
      for (int i = y.offset(); i < y.offset() + y.rows() * y.columns(); i++) {
        if (Math.abs(y.values()[i]) > LARGEST_HALF) {
          y.values()[i] *= Float.POSITIVE_INFINITY;
        }
      }
    };
  }

  private static Linear notCleared(Linear product) {
    return (x, y) -> {
      float[] before = y.toArray();
      product.apply(x, y);
      for (int i = 0; i < before.length; i++) {
        y.values()[y.offset() + i] += before[i];
      }
    };
  }

  private static Kernels residualHalf(Kernels right) {
    return new KernelsView(right) {
      @Override
      public void add(Activations x, Activations delta) {
        right.add(x, delta);
        for (int i = x.offset(); i < x.offset() + x.rows() * x.columns(); i++) {
          x.values()[i] = HalfType.F16.round(x.values()[i]);
        }
      }
    };
  }
}
