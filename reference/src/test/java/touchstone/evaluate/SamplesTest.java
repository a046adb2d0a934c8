package touchstone.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.error.TouchstoneException;
import touchstone.tensor.Activations;

/** What is made of logits and of one number per token, in closed form. */
class SamplesTest {
  private static Samples of(double... values) {
    Samples samples = new Samples();
    Arrays.stream(values).forEach(samples::add);
    return samples;
  }

  private static double[] ln(double... probabilities) {
    return Arrays.stream(probabilities).map(Math::log).toArray();
  }

  @Test
  @Tag("PPL-6")
  void standardErrorIsThatOfTheMean() {
    Samples samples = of(1, 2, 3, 6);
    assertThat(samples.sum()).isEqualTo(12);
    assertThat(samples.mean()).isEqualTo(3);
    assertThat(samples.standardError()).isEqualTo(Math.sqrt(14.0 / 12));
    assertThat(of(5).standardError()).isNaN();
    assertThat(of(5, 5, 5).standardError()).isZero();
  }

  @Test
  @Tag("PPL-6")
  void perplexityAndItsErrorFollowFromTheMean() {
    double[] values = {Math.log(8), Math.log(2)};
    Perplexity perplexity = new Perplexity(of(values));
    assertThat(perplexity.perToken()).isCloseTo(4, within(1e-14));
    assertThat(perplexity.standardError()).isCloseTo(4 * Math.log(2), within(1e-14));
  }

  @Test
  @Tag("PPL-3")
  void wordsAndBytesShareTheSum() {
    Perplexity perplexity = new Perplexity(of(Math.log(4), Math.log(4)));
    TextSize size = new TextSize(2, 8);
    assertThat(perplexity.perWord(size)).isCloseTo(4, within(1e-14));
    assertThat(perplexity.bitsPerByte(size)).isCloseTo(0.5, within(1e-15));
    assertThat(perplexity.perByte(size)).isCloseTo(Math.sqrt(2), within(1e-15));
  }

  @Test
  @Tag("PPL-7")
  void quantilesAreInterpolated() {
    Samples samples = of(4, 1, 3, 2);
    assertThat(samples.quantiles(0, 0.5, 0.9, 1)[2]).isCloseTo(3.7, within(1e-15));
    assertThat(samples.quantile(0.5)).isEqualTo(2.5);
    assertThat(samples.quantile(0)).isEqualTo(1);
    assertThat(samples.quantile(1)).isEqualTo(4);
    assertThat(of(7).quantile(0.5)).isEqualTo(7);
  }

  @Test
  void moreThanAThousandNumbersFit() {
    Samples samples = new Samples();
    for (int i = 0; i < 5000; i++) {
      samples.add(i);
    }
    assertThat(samples.count()).isEqualTo(5000);
    assertThat(samples.get(4999)).isEqualTo(4999);
    assertThat(samples.sum()).isEqualTo(5000.0 * 4999 / 2);
  }

  @Test
  @Tag("PPL-7")
  void comparisonOfTwoDistributionsByHand() {
    Comparison comparison = Comparison.start();
    comparison.add(0, ln(0.5, 0.25, 0.25), ln(0.25, 0.5, 0.25));
    comparison.add(1, ln(0.5, 0.25, 0.25), ln(0.5, 0.25, 0.25));
    assertThat(comparison.divergence().get(0)).isCloseTo(0.25 * Math.log(2), within(1e-15));
    assertThat(comparison.divergence().get(1)).isZero();
    assertThat(comparison.base().nll().get(0)).isCloseTo(Math.log(2), within(1e-15));
    assertThat(comparison.model().nll().get(0)).isCloseTo(Math.log(4), within(1e-15));
    assertThat(comparison.logRatio().get(0)).isCloseTo(Math.log(2), within(1e-15));
    assertThat(comparison.perplexityRatio()).isCloseTo(Math.sqrt(2), within(1e-15));
    assertThat(comparison.probabilityChange().get(0)).isCloseTo(-0.25, within(1e-15));
    assertThat(comparison.rmsChange()).isCloseTo(Math.sqrt(0.03125), within(1e-15));
    assertThat(comparison.rmsChangeError())
        .isCloseTo(0.03125 / (2 * Math.sqrt(0.03125)), within(1e-15));
    assertThat(comparison.sameTop().mean()).isEqualTo(0.5);
  }

  @Test
  @Tag("PPL-7")
  void nothingChangedHasNoError() {
    Comparison comparison = Comparison.start();
    comparison.add(0, ln(0.5, 0.5), ln(0.5, 0.5));
    comparison.add(1, ln(0.5, 0.5), ln(0.5, 0.5));
    assertThat(comparison.rmsChange()).isZero();
    assertThat(comparison.rmsChangeError()).isZero();
    assertThat(comparison.sameTop().mean()).as("the first of equals").isEqualTo(1);
  }

  @Test
  @Tag("PPL-1")
  void logSumExpIsExactWhereTheAnswerIs() {
    Activations equal = Activations.row(3, 3, 3, 3);
    assertThat(LogSoftmax.logSumExp(equal, 0, "row")).isEqualTo(3 + StrictMath.log(4));
    assertThat(LogSoftmax.logSumExp(Activations.row(1000, -1000), 0, "row")).isEqualTo(1000);
    assertThat(LogSoftmax.logSumExp(Activations.row(-3e38f, -3e38f), 0, "row"))
        .isEqualTo(-3e38f + StrictMath.log(2));
  }

  /** A float's exponential would lose the second term. */
  @Test
  @Tag("PPL-1")
  void smallTermsAreNotLost() {
    double found = LogSoftmax.logSumExp(Activations.row(0, -20), 0, "row");
    assertThat(found).isCloseTo(Math.log1p(Math.exp(-20)), within(1e-16));
  }

  @Test
  @Tag("PPL-1")
  void rowIsTheOneAskedFor() {
    Activations rows = new Activations(new float[] {9, 0, 0, 5, 5}, 1, 2, 2);
    assertThat(LogSoftmax.logSumExp(rows, 1, "row")).isEqualTo(5 + StrictMath.log(2));
    double[] into = new double[2];
    LogSoftmax.fill(rows, 1, 5, into);
    assertThat(into).containsExactly(0, 0);
  }

  @ParameterizedTest
  @CsvSource({"NaN", "Infinity", "-Infinity"})
  @Tag("PPL-1")
  void logitsThatAreNotFiniteAreNamed(float bad) {
    assertThatThrownBy(
            () -> LogSoftmax.logSumExp(Activations.row(0, bad), 0, "token 7 of the text"))
        .isInstanceOf(TouchstoneException.class)
        .hasMessage(
            "token 7 of the text: logits: %s at id 1 (every logit is finite; the weights or the kernels are at fault)"
                .formatted(bad));
  }

  /** What Python's {@code len(re.split(r"\s+", text))} gives. */
  @ParameterizedTest
  @CsvSource({
    "one,1,3",
    "'one two',2,7",
    "' one\ttwo\n',4,9",
    "'one\u00a0two',2,8",
    "'one\u001ctwo',2,7",
    "'one\u2028\u3000two',2,12",
    "'one\u200btwo',1,9",
    "' ',2,1",
  })
  @Tag("PPL-3")
  void wordsAreCountedAsPythonSplitsThem(String text, long words, long bytes) {
    assertThat(TextSize.of(text)).isEqualTo(new TextSize(words, bytes));
  }
}
