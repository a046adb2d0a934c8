package touchstone.generate;

import java.util.BitSet;

/**
 * Makes every token that has occurred less likely (penalty above 1) or more likely (below 1).
 *
 * <pre>
 * s[i] = s[i] * p   if s[i] &lt; 0,     s[i] / p   otherwise          for every i in seen
 * </pre>
 *
 * A token is penalised once, however often it occurs, and wherever: in the prompt, the beginning
 * token included, or in the generated text, however far back.
 *
 * @param penalty p; 1 changes nothing
 * @source Keskar et al. 2019 (arXiv 1909.05858), section 4.1, with the two signs apart as in
 *     transformers 4.33 and 5.18 logits_process.py, RepetitionPenaltyLogitsProcessor
 * @shapes scores [vocab]; ids in seen beyond the vocabulary are ignored
 * @numerics p is rounded to a float; one rounding per score
 * @rules SAMPLE-2
 */
public record RepetitionPenalty(double penalty) implements ScoreProcessor {
  public RepetitionPenalty {
    OptionRange.requirePositive("repetition_penalty", penalty, "; 1 is no penalty");
  }

  @Override
  public void process(float[] scores, BitSet seen) {
    float p = (float) penalty;
    for (int id = seen.nextSetBit(0); id >= 0 && id < scores.length; id = seen.nextSetBit(id + 1)) {
      scores[id] = scores[id] < 0 ? scores[id] * p : scores[id] / p;
    }
  }
}
