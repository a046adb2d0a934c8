package touchstone.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

@Tag("SAMPLE-1")
class SamplingParametersTest {
  @Test
  void samplingKeepsFiftyTokensByDefault() {
    assertThat(SamplingParameters.sampled(1).processors()).containsExactly(new TopK(50));
  }

  @Test
  void greedyAppliesThePenaltyAndNothingElse() {
    SamplingParameters greedy =
        SamplingParameters.greedy()
            .withTemperature(0.5)
            .withTopK(3)
            .withTopP(0.2)
            .withMinP(0.9)
            .withRepetitionPenalty(1.2);
    assertThat(greedy.processors()).containsExactly(new RepetitionPenalty(1.2));
  }

  @Test
  void whatChangesNothingIsLeftOut() {
    assertThat(SamplingParameters.sampled(1).withTopK(0).processors()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.0, -1, 1e-46, 1e39, Double.POSITIVE_INFINITY, Double.NaN})
  void temperatureAndPenaltyArePositiveFloats(double value) {
    assertRefused(() -> SamplingParameters.greedy().withTemperature(value), "temperature", value);
    assertRefused(
        () -> SamplingParameters.greedy().withRepetitionPenalty(value),
        "repetition_penalty",
        value);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e-9, 1.000001, Double.NaN, Double.NEGATIVE_INFINITY})
  void topPAndMinPLieBetweenZeroAndOne(double value) {
    assertRefused(() -> SamplingParameters.greedy().withTopP(value), "top_p", value);
    assertRefused(() -> SamplingParameters.greedy().withMinP(value), "min_p", value);
  }

  @Test
  void theEndsOfTheRangesAreAllowed() {
    SamplingParameters ends = SamplingParameters.sampled(-1).withTopP(0).withMinP(1).withTopK(1);
    assertThat(ends.withTemperature(Float.MIN_VALUE).withRepetitionPenalty(Float.MAX_VALUE))
        .isNotNull();
  }

  @Test
  void topKIsNotNegative() {
    assertRefused(() -> SamplingParameters.greedy().withTopK(-1), "top_k", -1);
    assertRefused(() -> new TopK(0), "top_k", 0);
  }

  @Test
  void theMessageNamesTheRangeAndTheCure() {
    assertThatThrownBy(() -> SamplingParameters.sampled(0).withTemperature(0))
        .hasMessage(
            "temperature: 0.0 is out of range (allowed: a number from 1.4E-45 to 3.4028235E38; for"
                + " greedy decoding switch sampling off instead)");
  }

  private static void assertRefused(ThrowingCallable call, String option, Object value) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.USAGE))
        .hasMessageStartingWith(option + ": " + value + " is out of range (allowed: ");
  }
}
