package touchstone.generate;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Keeps the smallest set of most probable tokens whose probabilities reach p.
 *
 * <pre>
 * order ids by ascending score; P = softmax of the scores in that order; C[j] = P[0] + ... + P[j]
 * the j-th score becomes -infinity   if C[j] &lt;= 1 - p   and j is not the last
 * </pre>
 *
 * So a token goes if the tokens above it have p or more between them; the token that crosses p stays.
 * With p = 0 one token stays.
 *
 * @param p from 0 to 1
 * @source Holtzman et al. 2020 (arXiv 1904.09751); transformers 4.33 and 5.18 logits_process.py,
 *     TopPLogitsWarper, on the CPU with torch 2.13
 * @shapes scores [vocab]
 * @numerics P as {@link Softmax} defines it; C is summed in double and every C[j] rounded to a float;
 *     1 - p is subtracted in double and rounded to a float
 * @deviation equal scores are ordered by ascending id, so the lower id goes first; torch sorts so in
 *     rows of up to 16 and leaves the order open in longer ones
 * @rules SAMPLE-5
 */
public record TopP(double p) implements ScoreProcessor {
  public TopP {
    OptionRange.requireShare("top_p", p, "; 1 keeps every token");
  }

  @Override
  public void process(float[] scores, BitSet seen) {
    int[] ids = idsByScore(scores);
    float[] ascending = new float[ids.length];
    for (int j = 0; j < ids.length; j++) {
      ascending[j] = scores[ids[j]];
    }
    float[] probabilities = Softmax.probabilities(ascending);
    float dropped = (float) (1 - p);
    double cumulative = 0;
    for (int j = 0; j < ids.length - 1; j++) {
      cumulative += probabilities[j];
      if ((float) cumulative <= dropped) {
        scores[ids[j]] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  /** Ids by ascending score and, among equal scores, by ascending id; -0 equals 0. */
  private static int[] idsByScore(float[] scores) {
    long[] keys = new long[scores.length];
    for (int id = 0; id < scores.length; id++) {
      int bits = Float.floatToIntBits(scores[id] + 0f);
      // Flipping all but the sign makes the bits of negative floats ascend as signed integers.
      int ordered = bits ^ (bits >> 31 & Integer.MAX_VALUE);
      keys[id] = (long) ordered << 32 | id;
    }
    Arrays.sort(keys);
    int[] ids = new int[keys.length];
    for (int j = 0; j < ids.length; j++) {
      ids[j] = (int) keys[j];
    }
    return ids;
  }
}
