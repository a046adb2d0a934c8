package touchstone.conformance.mutant;

import java.util.List;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.kernels.Kernels;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.Activations;

/** Mistakes in the residual stream: where norms stand in it, and what is added to it. */
final class ResidualMutants {
  private ResidualMutants() {}

  static List<Mutant> all() {
    return List.of(
        finalNormSkipped(),
        normIntoResidual(),
        normAfterSum(),
        attentionNotAdded(),
        feedForwardNotAdded(),
        blocksInParallel(),
        lastLayerMissing());
  }

  private static Mutant finalNormSkipped() {
    return new Mutant(
        "final-norm-skipped",
        Group.ARITHMETIC,
        "no norm before the head",
        "Logits of another size; the order of the likeliest tokens often stays.",
        "The norm belongs to no layer.",
        List.of(),
        Deviations.inModels(ResidualMutants::withoutFinal));
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

  private static Mutant normAfterSum() {
    return new Mutant(
        "norm-after-sum",
        Group.ARITHMETIC,
        "norms after the sums instead of before the blocks",
        "Wrong from the first layer on.",
        "The first transformer, which normalised so.",
        List.of(),
        Deviations.inModels(ResidualMutants::afterSum));
  }

  private static Mutant attentionNotAdded() {
    return new Mutant(
        "attention-not-added",
        Group.ARITHMETIC,
        "the attention replaces the residual stream",
        "Wrong from the first layer on.",
        "An assignment for an addition.",
        List.of(),
        Deviations.inModels((right, _) -> replaced(right, Step.ATTENTION)));
  }

  private static Mutant feedForwardNotAdded() {
    return new Mutant(
        "feed-forward-not-added",
        Group.ARITHMETIC,
        "the feed-forward network replaces the residual stream",
        "Wrong from the first layer on.",
        "An assignment for an addition.",
        List.of(),
        Deviations.inModels((right, _) -> replaced(right, Step.FEED_FORWARD)));
  }

  private static Mutant blocksInParallel() {
    return new Mutant(
        "blocks-in-parallel",
        Group.ARITHMETIC,
        "the feed-forward network sees the layer's input, not what the attention made of it",
        "Wrong from the first layer on.",
        "The layer of GPT-J and PaLM.",
        List.of(),
        Deviations.inModels((right, _) -> parallel(right)));
  }

  private static Mutant lastLayerMissing() {
    return new Mutant(
        "last-layer-missing",
        Group.ARITHMETIC,
        "the last layer left out",
        "Texts are fluent and worse.",
        "Layers counted from one, or a range that ends too early.",
        List.of(),
        Deviations.inModels(ResidualMutants::withoutLast));
  }

  /** Tells the final norm from those of layers: a pass takes two per layer, and then that one. */
  private abstract static class Norms extends KernelsView {
    private final int ofLayers;
    private int norms;

    Norms(Kernels right, LlamaConfig config) {
      super(right);
      ofLayers = 2 * config.layers();
    }

    /** To be asked once at each norm. */
    boolean isFinal() {
      norms = norms % (ofLayers + 1) + 1;
      return norms > ofLayers;
    }
  }

  private static Kernels withoutFinal(Kernels right, LlamaConfig config) {
    return new Norms(right, config) {
      @Override
      public void rmsNorm(Activations x, float[] gain, float epsilon, Activations y) {
        if (isFinal()) {
          copy(x, y);
        } else {
          right.rmsNorm(x, gain, epsilon, y);
        }
      }
    };
  }

  private static Kernels intoResidual(Kernels right) {
    return new KernelsView(right) {
      @Override
      public void rmsNorm(Activations x, float[] gain, float epsilon, Activations y) {
        right.rmsNorm(x, gain, epsilon, y);
        copy(y, x);
      }
    };
  }

  private static void copy(Activations from, Activations to) {
    System.arraycopy(from.toArray(), 0, to.values(), to.offset(), from.rows() * from.columns());
  }

  /** What is normed for a block is what the block's sum is normed with. */
  private static Kernels afterSum(Kernels right, LlamaConfig config) {
    return new Norms(right, config) {
      private float[] gain;
      private float epsilon;

      @Override
      public void rmsNorm(Activations x, float[] gain, float epsilon, Activations y) {
        this.gain = gain;
        this.epsilon = epsilon;
        if (isFinal()) {
          right.rmsNorm(x, gain, epsilon, y);
        } else {
          copy(x, y);
        }
      }

      @Override
      public void add(Activations x, Activations delta) {
        right.add(x, delta);
        right.rmsNorm(x, gain, epsilon, x);
      }
    };
  }

  private enum Step {
    ATTENTION,
    FEED_FORWARD;

    Step next() {
      return this == ATTENTION ? FEED_FORWARD : ATTENTION;
    }
  }

  private static Kernels replaced(Kernels right, Step wrong) {
    return new KernelsView(right) {
      private Step step = Step.ATTENTION;

      @Override
      public void add(Activations x, Activations delta) {
        if (step == wrong) {
          copy(delta, x);
        } else {
          right.add(x, delta);
        }
        step = step.next();
      }
    };
  }

  /** Norms and sums alternate. The final norm is followed by a layer's first, which is none of a sum. */
  private static Kernels parallel(Kernels right) {
    return new KernelsView(right) {
      private Activations before;
      private Step step = Step.ATTENTION;

      @Override
      public void rmsNorm(Activations x, float[] gain, float epsilon, Activations y) {
        right.rmsNorm(step == Step.FEED_FORWARD ? before : x, gain, epsilon, y);
      }

      @Override
      public void add(Activations x, Activations delta) {
        before = new Activations(x.toArray(), 0, x.rows(), x.columns());
        right.add(x, delta);
        step = step.next();
      }
    };
  }

  /** A pass adds two steps per layer; those of the last come to nothing. */
  private static Kernels withoutLast(Kernels right, LlamaConfig config) {
    return new KernelsView(right) {
      private int sums;

      @Override
      public void add(Activations x, Activations delta) {
        sums = sums % (2 * config.layers()) + 1;
        if (sums <= 2 * (config.layers() - 1)) {
          right.add(x, delta);
        }
      }
    };
  }
}
