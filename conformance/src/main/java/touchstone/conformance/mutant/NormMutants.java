package touchstone.conformance.mutant;

import java.util.List;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.own.Seams;
import touchstone.conformance.profile.HalfType;
import touchstone.kernels.Kernels;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.Activations;

/** Mistakes in root-mean-square normalisation. */
final class NormMutants {
  private static final float CLASS_DEFAULT = 1e-6f;
  private static final float BETWEEN = 5e-6f;

  private NormMutants() {}

  static List<Mutant> all() {
    return List.of(
        normEpsilonClassDefault(),
        normEpsilonCompromise(),
        normEpsilonOutside(),
        normMeanSubtracted(),
        normGainPlusOne(),
        normSquaresHalf(),
        finalNormSkipped(),
        normIntoResidual());
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
        "squares added up in F16",
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
                sum = HalfType.F16.round(sum + HalfType.F16.round(value * value));
              }
              return scaled(x, 1 / (float) Math.sqrt(sum / x.length + epsilon)).times(gain);
            }));
  }

  private static Mutant finalNormSkipped() {
    return new Mutant(
        "final-norm-skipped",
        Group.ARITHMETIC,
        "no norm before the head",
        "Logits of another size; the order of the likeliest tokens often stays.",
        "The norm belongs to no layer.",
        List.of(),
        Deviations.inModels(NormMutants::withoutFinal));
  }

  private static Mutant normIntoResidual() {
    return new Mutant(
        "norm-into-residual",
        Group.ARITHMETIC,
        "the residual stream replaced by its norm",
        "Wrong from the first layer on.",
        "A norm in place, or the norm after the addition as in older models.",
        List.of(),
        Deviations.inModels((right, _) -> intoResidual(right)));
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
    double sum = 0;
    for (float value : x) {
      sum += (double) value * value;
    }
    return (float) (sum / x.length);
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

  /** A pass takes two norms per layer, and then the final one. */
  private static Kernels withoutFinal(Kernels right, LlamaConfig config) {
    return new KernelsView(right) {
      private int norms;

      @Override
      public void rmsNorm(Activations x, float[] gain, float epsilon, Activations y) {
        norms = norms % (2 * config.layers() + 1) + 1;
        if (norms <= 2 * config.layers()) {
          right.rmsNorm(x, gain, epsilon, y);
        } else {
          System.arraycopy(x.toArray(), 0, y.values(), y.offset(), x.rows() * x.columns());
        }
      }
    };
  }

  private static Kernels intoResidual(Kernels right) {
    return new KernelsView(right) {
      @Override
      public void rmsNorm(Activations x, float[] gain, float epsilon, Activations y) {
        right.rmsNorm(x, gain, epsilon, y);
        System.arraycopy(y.toArray(), 0, x.values(), x.offset(), x.rows() * x.columns());
      }
    };
  }
}
