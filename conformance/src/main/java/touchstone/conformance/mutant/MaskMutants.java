package touchstone.conformance.mutant;

import java.util.Arrays;
import java.util.List;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.own.Seams;
import touchstone.kernels.Kernels;
import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;

/** Mistakes in attention: which positions a token sees. */
final class MaskMutants {
  private MaskMutants() {}

  static List<Mutant> all() {
    return List.of(
        maskHidesSelf(),
        maskHidesSelfNan(),
        maskHidesSelfFinite(),
        maskShowsNext(),
        maskMissing(),
        maskFromZero(),
        maskUpperLeft(),
        maskAfterSoftmax());
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

  private static Mutant maskHidesSelfNan() {
    return new Mutant(
        "mask-hides-self-nan",
        Group.ARITHMETIC,
        "a token does not see itself, and the first becomes NaN",
        "All logits are NaN.",
        "The mask begins at the diagonal; the softmax of nothing but minus infinity.",
        IssueLinks.of("huggingface/transformers#27819"),
        heads(MaskMutants::hidesSelf));
  }

  private static Mutant maskHidesSelfFinite() {
    return new Mutant(
        "mask-hides-self-finite",
        Group.ARITHMETIC,
        "a token does not see itself, and the first sees all of the pass alike",
        "Position 0 sees the mean of all values, every other token lacks its own.",
        "The mask begins at the diagonal and holds the smallest number for minus infinity.",
        IssueLinks.of("huggingface/transformers#27819"),
        heads(MaskMutants::hidesSelfFinite));
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

  private static Mutant maskUpperLeft() {
    return new Mutant(
        "mask-upper-left",
        Group.ARITHMETIC,
        "the mask of a pass ignores the tokens before it, of a single token too",
        "A prompt in one pass is right; after it every token sees the first alone.",
        "is_causal where keys are more than queries: aligned at the upper left.",
        IssueLinks.of("huggingface/transformers#27819"),
        seen((row, position, rows) -> row + 1));
  }

  private static Mutant maskAfterSoftmax() {
    return new Mutant(
        "mask-after-softmax",
        Group.ARITHMETIC,
        "probabilities of what is not to be seen set to zero",
        "Rows do not add up to one: early tokens get too little of all.",
        "The mask multiplied in after the softmax.",
        List.of(),
        heads(MaskMutants::afterSoftmax));
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

  /** The probabilities of all positions of a pass, from scores. */
  @FunctionalInterface
  private interface Masked {
    void softmax(Kernels right, float[] scores, int seen);
  }

  private static Seams heads(Masked masked) {
    return Deviations.kernels(
        (right, _) ->
            new KernelsView(right) {
              @Override
              public void attendHead(
                  Activations q, int row, int head, int position, KeyValues cache, Activations y) {
                float[] scores = new float[position + q.rows()]; // [positions]
                right.attentionScores(q, row, head, cache, scores.length, scores);
                masked.softmax(right, scores, position + row + 1);
                right.attentionMix(scores, scores.length, cache, y, row, head);
              }
            });
  }

  private static void hidesSelf(Kernels right, float[] scores, int seen) {
    right.softmax(scores, seen - 1);
    Arrays.fill(scores, seen - 1, scores.length, seen == 1 ? Float.NaN : 0);
  }

  private static void hidesSelfFinite(Kernels right, float[] scores, int seen) {
    if (seen == 1) {
      Arrays.fill(scores, 1f / scores.length);
    } else {
      hidesSelf(right, scores, seen);
    }
  }

  private static void afterSoftmax(Kernels right, float[] scores, int seen) {
    right.softmax(scores, scores.length);
    Arrays.fill(scores, seen, scores.length, 0);
  }
}
