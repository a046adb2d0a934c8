package touchstone.generate;

import java.util.BitSet;

/**
 * One step from logits to the scores that a token is drawn from. A score of minus infinity rules its
 * token out.
 */
public sealed interface ScoreProcessor permits RepetitionPenalty, Temperature, TopK, TopP, MinP {
  /**
   * Changes the scores in place.
   *
   * @param scores [vocab], one per token id; neither NaN nor plus infinity, and not all minus
   *     infinity
   * @param seen the ids of the prompt and of all tokens generated so far
   */
  void process(float[] scores, BitSet seen);
}
