package touchstone.conformance.mutant;

import java.util.List;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.own.Seams;
import touchstone.conformance.profile.HalfType;
import touchstone.tensor.Activations;

/** Mistakes in root-mean-square normalisation. */
final class NormMutants {
  private static final float CLASS_DEFAULT = 1e-6f;
  private static final float BETWEEN = 5e-6f;
  private static final float OF_LLAMA_2 = 1e-5f;

  private NormMutants() {}

  static List<Mutant> all() {
    return List.of(
        normEpsilonClassDefault(),
        normEpsilonCompromise(),
        normEpsilonOutside(),
        normEpsilonOfLlama2(),
        normEpsilonMissing(),
        normBySum(),
        normGainMissing(),
        normMeanSubtracted(),
        normGainPlusOne(),
        normSquaresHalf());
  }

  private static Mutant normEpsilonClassDefault() {
    return new Mutant(
        "norm-epsilon-class-default",
        Group.ARITHMETIC,
        "rms_norm_eps taken to be 1e-6",
        "Small, most in the first layer, where activations are small.",
        "The default of LlamaConfig, which is not that of Llama-2.",
        IssueLinks.of(
            "ggml-org/llama.cpp#173",
            "ggml-org/llama.cpp#2374",
            "ggml-org/llama.cpp#2384",
            "meta-llama/llama#771",
            "OpenNMT/CTranslate2#1357"),
        Deviations.config(config -> Configs.withEpsilon(config, CLASS_DEFAULT)));
  }

  private static Mutant normEpsilonCompromise() {
    return new Mutant(
        "norm-epsilon-compromise",
        Group.ARITHMETIC,
        "rms_norm_eps taken to be 5e-6",
        "Small, most in the first layer, where activations are small.",
        "A value between those of Llama-1 and Llama-2, to serve both.",
        IssueLinks.of("ggml-org/llama.cpp#2384"),
        Deviations.config(config -> Configs.withEpsilon(config, BETWEEN)));
  }

  private static Mutant normEpsilonOutside() {
    return new Mutant(
        "norm-epsilon-outside",
        Group.ARITHMETIC,
        "epsilon added to the root instead of under it",
        "Small, most in the first layer, where activations are small.",
        "The formula of another norm.",
        List.of(),
        rows(
            (x, gain, epsilon) ->
                scaled(x, 1 / ((float) Math.sqrt(meanSquare(x)) + epsilon)).times(gain)));
  }

  private static Mutant normEpsilonOfLlama2() {
    return new Mutant(
        "norm-epsilon-of-llama-2",
        Group.ARITHMETIC,
        "rms_norm_eps taken to be 1e-5",
        "Models of Llama-2 pass, those of Llama-1 and others do not.",
        "A constant: rms_norm_eps is not read.",
        List.of(),
        Deviations.config(config -> Configs.withEpsilon(config, OF_LLAMA_2)));
  }

  private static Mutant normEpsilonMissing() {
    return new Mutant(
        "norm-epsilon-missing",
        Group.ARITHMETIC,
        "no epsilon",
        "Small, most in the first layer; rows of zeros become NaN.",
        "The formula of the paper, which has none.",
        List.of(),
        rows((x, gain, epsilon) -> scaled(x, root(x, 0)).times(gain)));
  }

  private static Mutant normBySum() {
    return new Mutant(
        "norm-by-sum",
        Group.ARITHMETIC,
        "squares added up, not averaged",
        "Activations too small by the root of dim.",
        "A vector scaled to length one.",
        List.of(),
        rows(
            (x, gain, epsilon) ->
                scaled(x, 1 / (float) Math.sqrt(squares(x) + epsilon)).times(gain)));
  }

  private static Mutant normGainMissing() {
    return new Mutant(
        "norm-gain-missing",
        Group.ARITHMETIC,
        "gains not multiplied",
        "Wrong from the first norm on.",
        "A norm made without its weight, or with ones that nothing replaces.",
        List.of(),
        rows((x, gain, epsilon) -> scaled(x, root(x, epsilon))));
  }

  private static Mutant normMeanSubtracted() {
    return new Mutant(
        "norm-mean-subtracted",
        Group.ARITHMETIC,
        "the mean subtracted first",
        "Wrong from the first norm on.",
        "LayerNorm.",
        List.of(),
        rows(
            (x, gain, epsilon) -> {
              float[] centred = centred(x);
              return scaled(centred, root(centred, epsilon)).times(gain);
            }));
  }

  private static Mutant normGainPlusOne() {
    return new Mutant(
        "norm-gain-plus-one",
        Group.ARITHMETIC,
        "gains increased by one",
        "Wrong from the first norm on.",
        "Gemma's norm.",
        List.of(),
        rows(
            (x, gain, epsilon) -> {
              float[] increased = gain.clone();
              for (int i = 0; i < increased.length; i++) {
                increased[i] += 1;
              }
              return scaled(x, root(x, epsilon)).times(increased);
            }));
  }

  private static Mutant normSquaresHalf() {
    return new Mutant(
        "norm-squares-half",
        Group.ARITHMETIC,
        "squares and their mean rounded to F16",
        "A small error; above 256 a square overflows and the row becomes 0.",
        "No cast to float before the square.",
        IssueLinks.of(
            "meta-llama/llama#1048",
            "pytorch/pytorch#133085",
            "young-geng/EasyLM#50",
            "tinygrad/tinygrad#2932"),
        rows(
            (x, gain, epsilon) -> {
              float sum = 0;
              for (float value : x) {
                sum += HalfType.F16.round(value * value);
              }
              float mean = HalfType.F16.round(sum / x.length);
              return scaled(x, 1 / (float) Math.sqrt(mean + epsilon)).times(gain);
            }));
  }

  /** A row under way. */
  private record Row(float[] values) {
    Row times(float[] gain) {
      float[] product = new float[values.length];
      for (int i = 0; i < product.length; i++) {
        product[i] = gain[i] * values[i];
      }
      return new Row(product);
    }
  }

  /** One row normalised. */
  @FunctionalInterface
  private interface Norm {
    Row of(float[] x, float[] gain, float epsilon);
  }

  private static Seams rows(Norm norm) {
    return Deviations.kernels(
        (right, _) ->
            new KernelsView(right) {
              @Override
              public void rmsNorm(Activations x, float[] gain, float epsilon, Activations y) {
                for (int row = 0; row < x.rows(); row++) {
                  float[] values = norm.of(x.rows(row, 1).toArray(), gain, epsilon).values();
                  System.arraycopy(values, 0, y.values(), y.start(row), values.length);
                }
              }
            });
  }

  private static Row scaled(float[] x, float factor) {
    float[] scaled = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      scaled[i] = x[i] * factor;
    }
    return new Row(scaled);
  }

  private static float meanSquare(float[] x) {
    return squares(x) / x.length;
  }

  private static float squares(float[] x) {
    double sum = 0;
    for (float value : x) {
      sum += (double) value * value;
    }
    return (float) sum;
  }

  private static float root(float[] x, float epsilon) {
    return 1 / (float) Math.sqrt(meanSquare(x) + epsilon);
  }

  private static float[] centred(float[] x) {
    double sum = 0;
    for (float value : x) {
      sum += value;
    }
    float[] centred = x.clone();
    for (int i = 0; i < x.length; i++) {
      centred[i] -= (float) (sum / x.length);
    }
    return centred;
  }
}
