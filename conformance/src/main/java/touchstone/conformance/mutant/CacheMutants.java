package touchstone.conformance.mutant;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.own.Passes;
import touchstone.conformance.own.Seams;
import touchstone.kernels.Kernels;
import touchstone.llama.Llama;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;
import touchstone.tensor.RopeTable;

/** Mistakes behind the cache and in batches. */
final class CacheMutants {
  private static final int PAD = 0;

  private CacheMutants() {}

  static List<Mutant> all() {
    return List.of(
        decodePositionAhead(),
        decodePositionBehind(),
        decodePositionRestarts(),
        keysRotatedTwice(),
        newKeyNotStored(),
        batchPaddingSeen(),
        batchPaddingCounted(),
        batchMaskedRowNan(),
        batchOrder());
  }

  private static Mutant decodePositionAhead() {
    return new Mutant(
        "decode-position-ahead",
        Group.ARITHMETIC,
        "tokens after the prompt one position too far",
        "Prompts are exact, the first step after them is not.",
        "The position counted before and after the token is stored.",
        IssueLinks.of(
            "NVIDIA/TensorRT-LLM#2084",
            "keras-team/keras-hub#1544",
            "Blaizzy/mlx-vlm#1983",
            "fla-org/flash-linear-attention#766"),
        positions(positions -> decoded(positions, 1)));
  }

  private static Mutant decodePositionBehind() {
    return new Mutant(
        "decode-position-behind",
        Group.ARITHMETIC,
        "tokens after the prompt one position too near",
        "Prompts are exact, the first step after them is not.",
        "The position is that of the last token in the cache.",
        IssueLinks.of("NVIDIA/TensorRT-LLM#2084", "keras-team/keras-hub#1544"),
        positions(positions -> decoded(positions, -1)));
  }

  private static Mutant decodePositionRestarts() {
    return new Mutant(
        "decode-position-restarts",
        Group.ARITHMETIC,
        "positions counted from 0 in every pass",
        "A prompt in one pass is exact, the first step after it is not.",
        "The position is the place in the pass.",
        List.of(),
        positions(CacheMutants::restarted));
  }

  private static Mutant keysRotatedTwice() {
    return new Mutant(
        "keys-rotated-twice",
        Group.ARITHMETIC,
        "keys rotated when they are stored and when they are read",
        "Wrong from position 1 on.",
        "Two places that believe keys to be unrotated.",
        IssueLinks.of("ggml-org/llama.cpp#2060", "ggml-org/llama.cpp#4097"),
        Deviations.inModels(CacheMutants::keysTwice));
  }

  private static Mutant newKeyNotStored() {
    return new Mutant(
        "new-key-not-stored",
        Group.ARITHMETIC,
        "after the prompt, keys and values of the last head not stored",
        "Prompts are exact, all after them is not.",
        "A copy that is one head short.",
        List.of(),
        Deviations.inModels((right, _) -> notStored(right)));
  }

  private static Mutant batchPaddingSeen() {
    return new Mutant(
        "batch-padding-seen",
        Group.ARITHMETIC,
        "padding before shorter sequences is seen",
        "The longest sequence of a batch is right, the others are not.",
        "A fused attention that takes no mask.",
        IssueLinks.of("casper-hansen/AutoAWQ#228", "turboderp/exllama#101"),
        together(CacheMutants::paddingSeen));
  }

  private static Mutant batchPaddingCounted() {
    return new Mutant(
        "batch-padding-counted",
        Group.ARITHMETIC,
        "the last token stands where it would behind padding",
        "The longest sequence of a batch is right, the others are not.",
        "Positions come from the length of the padded batch.",
        IssueLinks.of("casper-hansen/AutoAWQ#228", "turboderp/exllama#101"),
        positions(CacheMutants::paddingCounted));
  }

  private static Mutant batchMaskedRowNan() {
    return new Mutant(
        "batch-masked-row-nan",
        Group.ARITHMETIC,
        "a token that sees nothing becomes NaN",
        "NaN in every padded sequence of a batch.",
        "Minus infinity less minus infinity in the softmax of padding.",
        IssueLinks.of(
            "ggml-org/llama.cpp#5574",
            "ggml-org/llama.cpp#3523",
            "huggingface/transformers#27114",
            "huggingface/transformers#30652"),
        together(CacheMutants::maskedRowNan));
  }

  private static Mutant batchOrder() {
    return new Mutant(
        "batch-order",
        Group.ARITHMETIC,
        "results of a batch in order of length",
        "Every sequence alone is right.",
        "Sequences are sorted for speed and not sorted back.",
        IssueLinks.of("vllm-project/vllm#5639"),
        together(CacheMutants::byLength));
  }

  /** Other positions for the rows of a pass. */
  private static Seams positions(UnaryOperator<double[]> deviant) {
    return Deviations.inModels(
        (right, config) ->
            new KernelsView(right) {
              @Override
              public void rope(Activations x, RopeTable table) {
                Angles angles = Angles.of(table, config);
                double[] positions = angles.positions();
                double[] other = deviant.apply(positions);
                right.rope(x, Arrays.equals(positions, other) ? table : angles.table(other));
              }
            });
  }

  private static double[] decoded(double[] positions, int shift) {
    boolean decoding = positions.length == 1 && positions[0] > 0;
    return decoding ? new double[] {positions[0] + shift} : positions;
  }

  /** Rows that do not follow the one before begin a sequence. */
  private static double[] restarted(double[] positions) {
    double[] restarted = new double[positions.length];
    for (int row = 1; row < positions.length; row++) {
      restarted[row] = positions[row] == positions[row - 1] + 1 ? restarted[row - 1] + 1 : 0;
    }
    return restarted;
  }

  /** Rows of several sequences do not follow each other. */
  private static double[] paddingCounted(double[] positions) {
    boolean oneSequence =
        IntStream.range(1, positions.length).allMatch(i -> positions[i] > positions[i - 1]);
    double longest = DoubleStream.of(positions).max().orElse(0);
    return oneSequence ? positions : DoubleStream.of(positions).map(_ -> longest).toArray();
  }

  private static Kernels keysTwice(Kernels right, LlamaConfig config) {
    return new KernelsView(right) {
      @Override
      public void rope(Activations x, RopeTable table) {
        right.rope(x, table);
        if (x.columns() == config.kvDim() && x.columns() != config.queryDim()) {
          right.rope(x, table);
        }
      }
    };
  }

  private static Kernels notStored(Kernels right) {
    return new KernelsView(right) {
      @Override
      public void attend(Activations q, int position, KeyValues cache, Activations y) {
        if (q.rows() == 1 && position > 0) {
          int from = cache.start(cache.kvHeads() - 1, position);
          Arrays.fill(cache.keys(), from, from + cache.headDim(), 0);
          Arrays.fill(cache.values(), from, from + cache.headDim(), 0);
        }
        right.attend(q, position, cache, y);
      }
    };
  }

  /** The last logits of several sequences. */
  @FunctionalInterface
  private interface Together {
    Activations of(Llama model, List<int[]> sequences);
  }

  private static Seams together(Together deviant) {
    return Deviations.passes(
        new Passes() {
          @Override
          public Activations together(Llama model, List<int[]> sequences) {
            return deviant.of(model, sequences);
          }
        });
  }

  private static int longest(List<int[]> sequences) {
    return sequences.stream().mapToInt(tokens -> tokens.length).max().orElseThrow();
  }

  private static Activations paddingSeen(Llama model, List<int[]> sequences) {
    int longest = longest(sequences);
    return Passes.REFERENCE.together(
        model,
        sequences.stream()
            .map(
                tokens -> {
                  int[] padded = new int[longest];
                  Arrays.fill(padded, 0, longest - tokens.length, PAD);
                  System.arraycopy(tokens, 0, padded, longest - tokens.length, tokens.length);
                  return padded;
                })
            .toList());
  }

  private static Activations maskedRowNan(Llama model, List<int[]> sequences) {
    Activations logits = Passes.REFERENCE.together(model, sequences);
    int longest = longest(sequences);
    for (int row = 0; row < logits.rows(); row++) {
      if (sequences.get(row).length < longest) {
        int from = logits.start(row);
        Arrays.fill(logits.values(), from, from + logits.columns(), Float.NaN);
      }
    }
    return logits;
  }

  private static Activations byLength(Llama model, List<int[]> sequences) {
    List<int[]> sorted =
        sequences.stream().sorted(Comparator.comparingInt(tokens -> tokens.length)).toList();
    return Passes.REFERENCE.together(model, sorted);
  }
}
