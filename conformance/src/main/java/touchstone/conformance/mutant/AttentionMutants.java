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

/** Mistakes in attention: which heads, which positions, which scale. */
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
        maskHidesSelf(),
        maskShowsNext(),
        maskMissing(),
        maskFromZero());
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

  private static Mutant maskHidesSelf() {
    return new Mutant(
        "mask-hides-self",
        Group.ARITHMETIC,
        "a token does not see itself",
        "Position 0 sees nothing; every other token lacks its own value.",
        "The mask begins at the diagonal.",
        IssueLinks.of("huggingface/transformers#27819"),
        seen((row, position, rows) -> position + row));
  }

  private static Mutant maskShowsNext() {
    return new Mutant(
        "mask-shows-next",
        Group.ARITHMETIC,
        "a token sees the one after it",
        "Prompts are predicted far too well; generated text is unaffected.",
        "The mask begins two above the diagonal.",
        IssueLinks.of("huggingface/transformers#29263", "PaddlePaddle/PaddleNLP#5656"),
        seen((row, position, rows) -> Math.min(position + row + 2, position + rows)));
  }

  private static Mutant maskMissing() {
    return new Mutant(
        "mask-missing",
        Group.ARITHMETIC,
        "all tokens of a pass see each other",
        "Prompts are wrong, single tokens are right.",
        "is_causal not set.",
        List.of(),
        seen((row, position, rows) -> position + rows));
  }

  private static Mutant maskFromZero() {
    return new Mutant(
        "mask-from-zero",
        Group.ARITHMETIC,
        "the mask of a pass ignores the tokens before it",
        "A prompt in one pass is right, one in two passes is not.",
        "A causal mask of rows by rows, aligned at the upper left.",
        IssueLinks.of("huggingface/transformers#27819"),
        seen((row, position, rows) -> rows == 1 ? position + 1 : row + 1));
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

  /** How many positions a row of a pass sees. */
  @FunctionalInterface
  private interface Seen {
    int positions(int row, int position, int rows);
  }

  private static Seams seen(Seen seen) {
    return Deviations.kernels(
        (right, _) ->
            new KernelsView(right) {
              @Override
              public void attendHead(
                  Activations q, int row, int head, int position, KeyValues cache, Activations y) {
                int count = seen.positions(row, position, q.rows());
                float[] scores = new float[count]; // [positions]
                right.attentionScores(q, row, head, cache, count, scores);
                right.softmax(scores, count);
                right.attentionMix(scores, count, cache, y, row, head);
              }
            });
  }
}
