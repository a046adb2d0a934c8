package touchstone.conformance.mutant;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.own.Seams;
import touchstone.kernels.Kernels;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;

/** Mistakes in attention: which heads, which scale, which axis. */
final class AttentionMutants {
  private AttentionMutants() {}

  static List<Mutant> all() {
    return List.of(
        headsTiled(),
        headsFirstOnly(),
        headsNotJoined(),
        scoresUnscaled(),
        scoresByHeadDim(),
        scoresByDim(),
        softmaxOverQueries(),
        keysAndValuesExchanged());
  }

  private static Mutant headsTiled() {
    return new Mutant(
        "heads-tiled",
        Group.ARITHMETIC,
        "query head h shares key head h mod kvHeads",
        "Models without grouped queries pass, others do not: 70B fails, 7B is right.",
        "repeat for repeat_interleave.",
        IssueLinks.of(
            "onnx/onnx#7274",
            "apple/axlearn#842",
            "EricLBuehler/candle-vllm#52",
            "nntile/nntile#347",
            "state-spaces/mamba#462"),
        shared((head, heads, kvHeads) -> head % kvHeads));
  }

  private static Mutant headsFirstOnly() {
    return new Mutant(
        "heads-first-only",
        Group.ARITHMETIC,
        "all query heads share the first key head",
        "Models with one key head pass.",
        "Multi-query attention taken for grouped.",
        List.of(),
        shared((head, heads, kvHeads) -> 0));
  }

  private static Mutant headsNotJoined() {
    return new Mutant(
        "heads-not-joined",
        Group.ARITHMETIC,
        "outputs laid out head by head instead of token by token",
        "Single tokens and single heads are right, prompts are not.",
        "The transposition before the reshape forgotten.",
        List.of(),
        Deviations.kernels((right, _) -> notJoined(right)));
  }

  private static Mutant scoresUnscaled() {
    return new Mutant(
        "scores-unscaled",
        Group.ARITHMETIC,
        "scores not divided by the root of headDim",
        "Attention is too sharp from the first layer on.",
        "A fused kernel whose scale has to be given.",
        List.of(),
        scaled(config -> Math.sqrt(config.headDim())));
  }

  private static Mutant scoresByHeadDim() {
    return new Mutant(
        "scores-by-head-dim",
        Group.ARITHMETIC,
        "scores divided by headDim instead of its root",
        "Attention is too flat from the first layer on.",
        "Scaled in q and once more in the scores.",
        List.of(),
        scaled(config -> 1 / Math.sqrt(config.headDim())));
  }

  private static Mutant scoresByDim() {
    return new Mutant(
        "scores-by-dim",
        Group.ARITHMETIC,
        "scores divided by the root of dim",
        "Attention is too flat from the first layer on.",
        "hidden_size for the width of a head.",
        List.of(),
        scaled(config -> Math.sqrt((double) config.headDim() / config.dim())));
  }

  private static Mutant softmaxOverQueries() {
    return new Mutant(
        "softmax-over-queries",
        Group.ARITHMETIC,
        "scores normalised over the tokens that ask",
        "Single tokens get probability one for all they see; prompts are wrong.",
        "dim -2 for -1, or the axis of another layout.",
        List.of(),
        Deviations.kernels((right, _) -> overQueries(right)));
  }

  private static Mutant keysAndValuesExchanged() {
    return new Mutant(
        "keys-and-values-exchanged",
        Group.ARITHMETIC,
        "keys mixed by how queries meet values",
        "Wrong from the first layer on.",
        "The two halves of a cache or of a joined tensor in the other order.",
        List.of(),
        Deviations.kernels((right, _) -> exchanged(right)));
  }

  /** The key head of a query head. */
  @FunctionalInterface
  private interface Shared {
    int kvHead(int head, int heads, int kvHeads);
  }

  private static Seams shared(Shared shared) {
    return Deviations.kernels(
        (right, _) ->
            new KernelsView(right) {
              @Override
              public void attentionScores(
                  Activations q, int row, int head, KeyValues cache, int count, float[] scores) {
                int headDim = cache.headDim();
                int kvHead = shared.kvHead(head, q.columns() / headDim, cache.kvHeads());
                int from = q.start(row) + head * headDim;
                for (int p = 0; p < count; p++) {
                  float dot = 0;
                  for (int j = 0; j < headDim; j++) {
                    dot += q.values()[from + j] * cache.keys()[cache.start(kvHead, p) + j];
                  }
                  scores[p] = dot / (float) Math.sqrt(headDim);
                }
              }

              @Override
              public void attentionMix(
                  float[] probabilities,
                  int count,
                  KeyValues cache,
                  Activations y,
                  int row,
                  int head) {
                int headDim = cache.headDim();
                int kvHead = shared.kvHead(head, y.columns() / headDim, cache.kvHeads());
                int to = y.start(row) + head * headDim;
                Arrays.fill(y.values(), to, to + headDim, 0);
                for (int p = 0; p < count; p++) {
                  for (int j = 0; j < headDim; j++) {
                    y.values()[to + j] +=
                        probabilities[p] * cache.values()[cache.start(kvHead, p) + j];
                  }
                }
              }
            });
  }

  private static Kernels notJoined(Kernels right) {
    return new KernelsView(right) {
      @Override
      public void attend(Activations q, int position, KeyValues cache, Activations y) {
        right.attend(q, position, cache, y);
        int headDim = cache.headDim();
        float[] joined = y.toArray(); // [tokens, heads, headDim]
        for (int row = 0; row < y.rows(); row++) {
          for (int head = 0; head < y.columns() / headDim; head++) {
            int from = row * y.columns() + head * headDim;
            int to = y.offset() + (head * y.rows() + row) * headDim; // [heads, tokens, headDim]
            System.arraycopy(joined, from, y.values(), to, headDim);
          }
        }
      }
    };
  }

  private static Seams scaled(ToDoubleFunction<LlamaConfig> factor) {
    return Deviations.kernels(
        (right, config) ->
            new KernelsView(right) {
              @Override
              public void attentionScores(
                  Activations q, int row, int head, KeyValues cache, int count, float[] scores) {
                right.attentionScores(q, row, head, cache, count, scores);
                for (int p = 0; p < count; p++) {
                  scores[p] *= (float) factor.applyAsDouble(config);
                }
              }
            });
  }

  /** Every token is normalised against those of its pass that see it too. */
  private static Kernels overQueries(Kernels right) {
    return new KernelsView(right) {
      @Override
      public void attend(Activations q, int position, KeyValues cache, Activations y) {
        for (int head = 0; head < q.columns() / cache.headDim(); head++) {
          float[][] scores = new float[q.rows()][position + q.rows()]; // [tokens, positions]
          for (int row = 0; row < q.rows(); row++) {
            right.attentionScores(q, row, head, cache, position + row + 1, scores[row]);
          }
          for (int p = 0; p < position + q.rows(); p++) {
            normaliseColumn(scores, Math.max(0, p - position), p);
          }
          for (int row = 0; row < q.rows(); row++) {
            right.attentionMix(scores[row], position + row + 1, cache, y, row, head);
          }
        }
      }

      private void normaliseColumn(float[][] scores, int from, int p) {
        float[] column = new float[scores.length - from]; // [tokens that see p]
        for (int row = from; row < scores.length; row++) {
          column[row - from] = scores[row][p];
        }
        right.softmax(column, column.length);
        for (int row = from; row < scores.length; row++) {
          scores[row][p] = column[row - from];
        }
      }
    };
  }

  private static Kernels exchanged(Kernels right) {
    return new KernelsView(right) {
      @Override
      public void attend(Activations q, int position, KeyValues cache, Activations y) {
        KeyValues exchanged =
            new KeyValues(
                cache.values(), cache.keys(), cache.kvHeads(), cache.capacity(), cache.headDim());
        right.attend(q, position, exchanged, y);
      }
    };
  }
}
