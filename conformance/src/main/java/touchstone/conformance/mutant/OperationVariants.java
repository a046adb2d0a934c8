package touchstone.conformance.mutant;

import java.util.List;
import touchstone.conformance.own.Seams;
import touchstone.conformance.profile.HalfType;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.kernels.Kernels;
import touchstone.llama.LlamaConfig;
import touchstone.llama.RopeScaling;
import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;
import touchstone.tensor.RopeTable;

/** Other honest norms, rotations, softmaxes and gates. */
final class OperationVariants {
  private OperationVariants() {}

  static List<Variant> all() {
    return List.of(
        normGainFirst(),
        normInDouble(),
        anglesInFloat(),
        anglesIterated(),
        scoresDivided(),
        softmaxInDouble(),
        siluBySigmoid(),
        cacheInHalf());
  }

  private static Variant normGainFirst() {
    return grouped(
        "norm-gain-first",
        "the gain is multiplied before the root",
        "AutoAWQ's and vLLM's kernels, but for a rounding",
        Deviations.kernels((right, _) -> gainFirst(right)));
  }

  private static Variant normInDouble() {
    return grouped(
        "norm-in-double",
        "squares are added up in binary64",
        "llama.cpp",
        Deviations.kernels((right, _) -> normInDouble(right)));
  }

  private static Variant anglesInFloat() {
    return grouped(
        "angles-in-float",
        "frequencies and angles are computed in binary32",
        "Transformers",
        angles(OperationVariants::product));
  }

  private static Variant anglesIterated() {
    return grouped(
        "angles-iterated",
        "each angle is the last one times a factor, in binary32",
        "llama.cpp",
        angles(OperationVariants::iterated));
  }

  private static Variant scoresDivided() {
    return grouped(
        "scores-divided",
        "scores are divided by the root of headDim",
        "Transformers",
        Deviations.kernels((right, _) -> scoresDivided(right)));
  }

  private static Variant softmaxInDouble() {
    return grouped(
        "softmax-in-double",
        "exponentials and their sum are computed in binary64",
        "llama.cpp, but for its table",
        Deviations.kernels((right, _) -> softmaxInDouble(right)));
  }

  private static Variant siluBySigmoid() {
    return grouped(
        "silu-by-sigmoid",
        "silu is the product with a sigmoid",
        "PyTorch on GPUs",
        Deviations.kernels((right, _) -> siluBySigmoid(right)));
  }

  private static Variant cacheInHalf() {
    return new Variant(
        "cache-in-half",
        "keys and values are stored in F16",
        "llama.cpp, and all runtimes in F16",
        NumericProfile.F16,
        Deviations.kernels((right, _) -> cacheInHalf(right)));
  }

  private static Variant grouped(String id, String title, String user, Seams seams) {
    return new Variant(id, title, user, NumericProfile.F32_GROUPED, seams);
  }

  private static Kernels gainFirst(Kernels right) {
    return new KernelsView(right) {
      @Override
      public void rmsNorm(Activations x, float[] gain, float epsilon, Activations y) {
        for (int row = 0; row < x.rows(); row++) {
          float sum = 0;
          for (int i = 0; i < gain.length; i++) {
            sum += x.values()[x.start(row) + i] * x.values()[x.start(row) + i];
          }
          float root = 1 / (float) Math.sqrt(sum / gain.length + epsilon);
          for (int i = 0; i < gain.length; i++) {
            y.values()[y.start(row) + i] = gain[i] * x.values()[x.start(row) + i] * root;
          }
        }
      }
    };
  }

  private static Kernels normInDouble(Kernels right) {
    return new KernelsView(right) {
      @Override
      public void rmsNorm(Activations x, float[] gain, float epsilon, Activations y) {
        for (int row = 0; row < x.rows(); row++) {
          double sum = 0;
          for (int i = 0; i < gain.length; i++) {
            sum += (double) x.values()[x.start(row) + i] * x.values()[x.start(row) + i];
          }
          float root = 1 / (float) Math.sqrt((float) (sum / gain.length) + epsilon);
          for (int i = 0; i < gain.length; i++) {
            y.values()[y.start(row) + i] = x.values()[x.start(row) + i] * root * gain[i];
          }
        }
      }
    };
  }

  /** How a runtime computes the angle of pair j in binary32. */
  @FunctionalInterface
  private interface FloatAngle {
    float of(float position, int j, LlamaConfig config);
  }

  private static Seams angles(FloatAngle angle) {
    return Deviations.kernels(
        (right, config) -> {
          if (config.ropeScaling() instanceof RopeScaling.Dynamic) {
            return right; // the base of a table depends on the length of its pass
          }
          return new KernelsView(right) {
            @Override
            public void rope(Activations x, RopeTable table) {
              Angles angles = Angles.of(table, config);
              double[] positions = angles.positions();
              right.rope(
                  x,
                  Angles.table(
                      table.tokens(),
                      table.halfDim(),
                      (row, j) -> angle.of((float) angles.stretched(positions[row]), j, config)));
            }
          };
        });
  }

  private static float product(float position, int j, LlamaConfig config) {
    float exponent = 2f * j / config.headDim();
    return position * (1 / (float) StrictMath.pow((float) config.ropeTheta(), exponent));
  }

  private static float iterated(float position, int j, LlamaConfig config) {
    float factor = (float) StrictMath.pow((float) config.ropeTheta(), -2f / config.headDim());
    float angle = position;
    for (int i = 0; i < j; i++) {
      angle *= factor;
    }
    return angle;
  }

  private static Kernels scoresDivided(Kernels right) {
    return new KernelsView(right) {
      @Override
      public void attentionScores(
          Activations q, int row, int head, KeyValues cache, int count, float[] scores) {
        int headDim = cache.headDim();
        int heads = q.columns() / headDim;
        int from = q.start(row) + head * headDim;
        for (int p = 0; p < count; p++) {
          int key = cache.start(head / (heads / cache.kvHeads()), p);
          float dot = 0;
          for (int j = 0; j < headDim; j++) {
            dot += q.values()[from + j] * cache.keys()[key + j];
          }
          scores[p] = dot / (float) Math.sqrt(headDim);
        }
      }
    };
  }

  private static Kernels softmaxInDouble(Kernels right) {
    return new KernelsView(right) {
      @Override
      public void softmax(float[] scores, int count) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
          max = Math.max(max, scores[i]);
        }
        double sum = 0;
        for (int i = 0; i < count; i++) {
          sum += StrictMath.exp(scores[i] - max);
        }
        for (int i = 0; i < count; i++) {
          scores[i] = (float) (StrictMath.exp(scores[i] - max) / sum);
        }
      }
    };
  }

  private static Kernels siluBySigmoid(Kernels right) {
    return new KernelsView(right) {
      @Override
      public void swiGlu(Activations gate, Activations up, Activations y) {
        for (int i = 0; i < gate.rows() * gate.columns(); i++) {
          float g = gate.values()[gate.offset() + i];
          float sigmoid = 1 / (1 + (float) StrictMath.exp(-g));
          y.values()[y.offset() + i] = g * sigmoid * up.values()[up.offset() + i];
        }
      }
    };
  }

  private static Kernels cacheInHalf(Kernels right) {
    return new KernelsView(right) {
      @Override
      public void attend(Activations q, int position, KeyValues cache, Activations y) {
        for (int i = 0; i < cache.keys().length; i++) {
          cache.keys()[i] = HalfType.F16.round(cache.keys()[i]);
          cache.values()[i] = HalfType.F16.round(cache.values()[i]);
        }
        right.attend(q, position, cache, y);
      }
    };
  }
}
