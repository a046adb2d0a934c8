package touchstone.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every processor on rows small enough to compute by hand. */
class ScoreProcessorTest {
  private static final float OUT = Float.NEGATIVE_INFINITY;

  @Test
  @Tag("SAMPLE-2")
  void penaltyMultipliesNegativeAndDividesOtherScores() {
    assertThat(processed(new RepetitionPenalty(2), seen(0, 1, 2), -3, 3, 0, -3, 3))
        .containsExactly(-6f, 1.5f, 0f, -3f, 3f);
  }

  @Test
  void penaltyBelowOneRewards() {
    assertThat(processed(new RepetitionPenalty(0.5), seen(0, 1), -3, 3)).containsExactly(-1.5f, 6f);
  }

  @Test
  void penaltyLeavesRuledOutTokensRuledOut() {
    assertThat(processed(new RepetitionPenalty(2), seen(0, 1), OUT, 4)).containsExactly(OUT, 2f);
  }

  @Test
  void penaltyIgnoresIdsBeyondTheVocabulary() {
    assertThat(processed(new RepetitionPenalty(2), seen(1, 2, 70), 4, 4)).containsExactly(4f, 2f);
  }

  @Test
  @Tag("SAMPLE-2")
  void penaltyIsRoundedToAFloatFirst() {
    float score = 0.25f;
    assertThat((float) (score / 1.1)).isNotEqualTo(score / 1.1f);
    assertThat(processed(new RepetitionPenalty(1.1), seen(0), score)).containsExactly(score / 1.1f);
  }

  @Test
  @Tag("SAMPLE-3")
  void temperatureDividesByAFloat() {
    float score = 5f;
    assertThat(score / 0.7f).isNotEqualTo(score * (1 / 0.7f));
    assertThat(processed(new Temperature(0.7), seen(), score, -score, OUT))
        .containsExactly(score / 0.7f, -score / 0.7f, OUT);
  }

  @Test
  @Tag("SAMPLE-4")
  void topKKeepsAllTiesAtTheLastPlace() {
    assertThat(processed(new TopK(2), seen(), 1, 3, 2, 2, 0, 2))
        .containsExactly(OUT, 3f, 2f, 2f, OUT, 2f);
  }

  @Test
  void topKTreatsBothZerosAsEqual() {
    assertThat(processed(new TopK(1), seen(), -0f, 0f, -1)).containsExactly(-0f, 0f, OUT);
  }

  @Test
  void topKAsLargeAsTheVocabularyOrLargerKeepsAll() {
    assertThat(processed(new TopK(3), seen(), 1, 2, 3)).containsExactly(1f, 2f, 3f);
    assertThat(processed(new TopK(4), seen(), 1, 2, 3)).containsExactly(1f, 2f, 3f);
    assertThat(processed(new TopK(Integer.MAX_VALUE), seen(), 1, 2)).containsExactly(1f, 2f);
  }

  @Test
  void topKKeepsOneTokenEvenAmongRuledOutOnes() {
    assertThat(processed(new TopK(2), seen(), OUT, 5, OUT)).containsExactly(OUT, 5f, OUT);
  }

  @Test
  @Tag("SAMPLE-5")
  void topPKeepsTheTokenThatCrosses() {
    assertThat(kept(new TopP(0.7), 0.6, 0.3, 0.1)).containsExactly(0, 1);
  }

  @Test
  void topPDropsWhatLiesBehindAMassOfExactlyP() {
    assertThat(kept(new TopP(0.5), 0.25, 0.25, 0.25, 0.25)).hasSize(2);
  }

  @Test
  @Tag("SAMPLE-5")
  void topPDropsTheLowerIdOfEqualScores() {
    assertThat(kept(new TopP(0.5), 0.25, 0.25, 0.25, 0.25)).containsExactly(2, 3);
    assertThat(processed(new TopP(0), seen(), 0f, -0f, 0f)).containsExactly(OUT, OUT, 0f);
  }

  @Test
  void topPOfZeroKeepsTheBest() {
    assertThat(kept(new TopP(0), 0.1, 0.6, 0.3)).containsExactly(1);
  }

  @Test
  void topPKeepsADominantTokenAlone() {
    assertThat(kept(new TopP(0.9), 0.02, 0.95, 0.03)).containsExactly(1);
  }

  @Test
  void topPOrdersNegativeScores() {
    assertThat(processed(new TopP(0.1), seen(), -5, -1, -3, OUT))
        .containsExactly(OUT, -1f, OUT, OUT);
  }

  /** 1 - 0.9 is below 0.1 as a double and above it as a float. */
  @Test
  @Tag("SAMPLE-5")
  void topPComparesWithAFloat() {
    float[] scores = new float[1000];
    BitSet none = seen();
    new TopP(0.9).process(scores, none);
    // The hundredth partial sum of 0.001f rounds to 0.1f, which equals fl32(1 - 0.9): it goes.
    assertThat(scores[99]).isEqualTo(OUT);
    assertThat(scores[100]).isZero();
  }

  @Test
  @Tag("SAMPLE-6")
  void minPComparesWithTheMostProbable() {
    assertThat(kept(new MinP(0.4), 0.5, 0.3, 0.2)).containsExactly(0, 1);
    assertThat(kept(new MinP(0.7), 0.5, 0.3, 0.2)).containsExactly(0);
  }

  @Test
  @Tag("SAMPLE-6")
  void minPKeepsEquality() {
    assertThat(processed(new MinP(1), seen(), 2, 2, 1)).containsExactly(2f, 2f, OUT);
    assertThat(processed(new MinP(0), seen(), 2, -90, OUT)).containsExactly(2f, -90f, OUT);
  }

  /** With p = 0.5 measured before top-k, two tokens would stay. */
  @Test
  void topPMeasuresWhatTopKLeaves() {
    assertThat(kept(SamplingParameters.sampled(0).withTopK(2).withTopP(0.5), 0.4, 0.3, 0.2, 0.1))
        .containsExactly(0);
  }

  /** With p = 0.7 measured before the temperature, two tokens would stay. */
  @Test
  void topPMeasuresTemperedScores() {
    assertThat(
            kept(SamplingParameters.sampled(0).withTemperature(0.5).withTopP(0.7), 0.6, 0.3, 0.1))
        .containsExactly(0);
  }

  @Test
  @Tag("SAMPLE-1")
  void theOrderIsPenaltyTemperatureTopKTopPMinP() {
    List<ScoreProcessor> chain =
        SamplingParameters.sampled(0)
            .withRepetitionPenalty(1.5)
            .withTemperature(0.5)
            .withTopP(0.9)
            .withMinP(0.1)
            .processors();
    assertThat(chain)
        .containsExactly(
            new RepetitionPenalty(1.5),
            new Temperature(0.5),
            new TopK(50),
            new TopP(0.9),
            new MinP(0.1));
  }

  private static float[] processed(ScoreProcessor processor, BitSet seen, float... scores) {
    processor.process(scores, seen);
    return scores;
  }

  private static List<Integer> kept(ScoreProcessor processor, double... probabilities) {
    return Rows.kept(processed(processor, seen(), Rows.logits(probabilities)));
  }

  private static List<Integer> kept(SamplingParameters parameters, double... probabilities) {
    return Rows.kept(new Sampler(parameters, 0).process(Rows.logits(probabilities), seen(), 0));
  }

  private static BitSet seen(int... ids) {
    return Rows.ids(ids);
  }
}
