package touchstone.generate;

import java.util.BitSet;

/**
 * Keeps the tokens that are at least m times as probable as the most probable one.
 *
 * <pre>
 * P = softmax(s);   s[i] = -infinity   if P[i] &lt; m * max(P)
 * </pre>
 *
 * @param m from 0 to 1; 0 keeps every token, 1 keeps the most probable and its equals
 * @source transformers 5.18 logits_process.py, MinPLogitsWarper
 * @shapes scores [vocab]
 * @numerics P as {@link Softmax} defines it; m is rounded to a float and the product to a float
 * @rules SAMPLE-6
 */
public record MinP(double m) implements ScoreProcessor {
  public MinP {
    OptionRange.requireShare("min_p", m, "; 0 keeps every token");
  }

  @Override
  public void process(float[] scores, BitSet seen) {
    float[] probabilities = Softmax.probabilities(scores);
    float most = 0;
    for (float probability : probabilities) {
      most = Math.max(most, probability);
    }
    float least = (float) m * most;
    for (int id = 0; id < scores.length; id++) {
      if (probabilities[id] < least) {
        scores[id] = Float.NEGATIVE_INFINITY;
      }
    }
  }
}
