package touchstone.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

class SamplerTest {
  private static final float OUT = Float.NEGATIVE_INFINITY;
  private static final BitSet NONE = new BitSet();
  private static final Sampler GREEDY = new Sampler(SamplingParameters.greedy(), 0);

  @Test
  @Tag("SAMPLE-8")
  void greedyTakesTheLowestOfEqualIds() {
    assertThat(GREEDY.next(new float[] {1, 3, 2, 3, 3}, NONE, 0)).isEqualTo(1);
    assertThat(GREEDY.next(new float[] {-0f, 0f}, NONE, 0)).isZero();
    assertThat(GREEDY.next(new float[] {OUT, OUT, -7}, NONE, 0)).isEqualTo(2);
  }

  @Test
  @Tag("SAMPLE-8")
  void greedyTakesThePenaltyIntoAccount() {
    Sampler penalised = new Sampler(SamplingParameters.greedy().withRepetitionPenalty(2), 0);
    assertThat(penalised.next(new float[] {4, 3, 1}, Rows.ids(0), 0)).isEqualTo(1);
    assertThat(penalised.next(new float[] {-1, -1.5f, -3}, Rows.ids(0), 0)).isEqualTo(1);
  }

  @Test
  void logitsAreNotChanged() {
    float[] logits = {4, 3, 1};
    new Sampler(SamplingParameters.sampled(0).withTemperature(0.1).withTopK(1), 0)
        .next(logits, NONE, 0);
    assertThat(logits).containsExactly(4, 3, 1);
  }

  /** Scores of probability 1/2, 1/4, 0, 1/4: the running sums are 0.5, 0.75, 0.75, 1. */
  @Test
  @Tag("SAMPLE-9")
  void theDrawTakesTheLowestIdWhoseRunningSumPassesTheShare() {
    float[] scores = {(float) StrictMath.log(2), 0, OUT, 0};
    assertThat(Softmax.probabilities(scores)).containsExactly(0.5f, 0.25f, 0f, 0.25f);
    assertThat(Sampler.draw(scores, 0)).isZero();
    assertThat(Sampler.draw(scores, Math.nextDown(0.5))).isZero();
    assertThat(Sampler.draw(scores, 0.5)).isEqualTo(1);
    assertThat(Sampler.draw(scores, Math.nextDown(0.75))).isEqualTo(1);
    assertThat(Sampler.draw(scores, 0.75)).isEqualTo(3);
    assertThat(Sampler.draw(scores, 1 - 0x1p-53)).isEqualTo(3);
  }

  @Test
  @Tag("SAMPLE-9")
  void theDrawNeverTakesARuledOutToken() {
    float[] scores = {OUT, OUT, 0, OUT, 0, OUT};
    assertThat(Sampler.draw(scores, 0)).isEqualTo(2);
    assertThat(Sampler.draw(scores, 1 - 0x1p-53)).isEqualTo(4);
  }

  @Test
  @Tag("SAMPLE-10")
  void theSampleBelongsToSeedSequenceAndStepAlone() {
    float[] logits = new float[1 << 20];
    SamplingParameters all = SamplingParameters.sampled(17).withTopK(0);
    for (int step = 0; step < 3; step++) {
      int id = new Sampler(all, 4).next(logits, NONE, step);
      assertThat(id).isEqualTo((int) (Philox.uniform(17, 4, step) * (1 << 20)));
      assertThat(id).isNotEqualTo(new Sampler(all, 5).next(logits, NONE, step));
      assertThat(id).isNotEqualTo(new Sampler(all, 4).next(logits, NONE, step + 1));
    }
  }

  @Test
  void frequenciesFollowTheProbabilities() {
    float[] logits = Rows.logits(0.5, 0.3, 0.2);
    Sampler sampler = new Sampler(SamplingParameters.sampled(99), 0);
    int[] counts = new int[3];
    for (int step = 0; step < 10_000; step++) {
      counts[sampler.next(logits, NONE, step)]++;
    }
    // Standard deviations of the counts are 50, 46 and 40: five of them, for one fixed seed.
    assertThat(counts[0]).isBetween(4750, 5250);
    assertThat(counts[1]).isBetween(2770, 3230);
    assertThat(counts[2]).isBetween(1800, 2200);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  @Tag("SAMPLE-11")
  void logitsThatNoSoundModelGivesAreRefused(float bad) {
    assertThatThrownBy(() -> GREEDY.next(new float[] {0, OUT, bad, bad}, NONE, 12))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.INTERNAL))
        .hasMessageStartingWith("step 12: logits: " + bad + " at id 2 (");
  }

  @Test
  @Tag("SAMPLE-11")
  void aRowWithoutAnyTokenIsRefused() {
    assertThatThrownBy(() -> GREEDY.next(new float[] {OUT, OUT}, NONE, 0))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.INTERNAL))
        .hasMessageStartingWith("step 0: logits: -Infinity at every one of 2 ids (");
  }

  @Test
  @Tag("SAMPLE-11")
  void parametersThatOverflowAreRefused() {
    Sampler cold = new Sampler(SamplingParameters.sampled(0).withTemperature(1e-40), 0);
    assertThatThrownBy(() -> cold.next(new float[] {-5, 5}, NONE, 3))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.USAGE))
        .hasMessageStartingWith("step 3: scores after [Temperature[")
        .hasMessageContaining("Infinity at id 1 (temperature or repetition_penalty is too far");
    Sampler harsh = new Sampler(SamplingParameters.greedy().withRepetitionPenalty(1e38), 0);
    assertThatThrownBy(() -> harsh.next(new float[] {-50, -50}, Rows.ids(0, 1), 3))
        .isInstanceOf(TouchstoneException.class)
        .hasMessageContaining("-Infinity at every one of 2 ids (");
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 100})
  void extremeTemperaturesGiveATokenThatIsAllowed(double temperature) {
    SamplingParameters parameters = SamplingParameters.sampled(3).withTemperature(temperature);
    for (int step = 0; step < 50; step++) {
      int id = new Sampler(parameters, 0).next(new float[] {30, OUT, -30, 29}, NONE, step);
      assertThat(id).isNotEqualTo(1);
      if (temperature < 1) {
        assertThat(id).isZero();
      }
    }
  }
}
