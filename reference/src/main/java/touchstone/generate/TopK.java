package touchstone.generate;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Keeps the k largest scores.
 *
 * <pre>
 * s[i] = -infinity   if s[i] &lt; the k-th largest score
 * </pre>
 *
 * Scores equal to the k-th largest are all kept, so more than k may stay.
 *
 * @param k at least 1; above the size of the vocabulary it changes nothing
 * @source transformers 4.33 and 5.18 logits_process.py, TopKLogitsWarper
 * @shapes scores [vocab]
 * @numerics comparisons only
 * @rules SAMPLE-4
 */
public record TopK(int k) implements ScoreProcessor {
  public TopK {
    OptionRange.requireAtLeast("top_k", k, 1, "");
  }

  @Override
  public void process(float[] scores, BitSet seen) {
    float[] ascending = scores.clone();
    Arrays.sort(ascending);
    float least = ascending[Math.max(0, ascending.length - k)];
    for (int id = 0; id < scores.length; id++) {
      if (scores[id] < least) {
        scores[id] = Float.NEGATIVE_INFINITY;
      }
    }
  }
}
