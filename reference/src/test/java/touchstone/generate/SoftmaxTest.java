package touchstone.generate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("SAMPLE-7")
class SoftmaxTest {
  @Test
  void equalScoresShareExactly() {
    assertThat(Softmax.probabilities(new float[] {7, 7, 7, 7}))
        .containsExactly(0.25f, 0.25f, 0.25f, 0.25f);
  }

  @Test
  void ruledOutTokensHaveNoProbability() {
    assertThat(Softmax.probabilities(new float[] {Float.NEGATIVE_INFINITY, -1e38f, 3e38f}))
        .containsExactly(0f, 0f, 1f);
  }

  @Test
  void largeScoresDoNotOverflow() {
    assertThat(Softmax.probabilities(new float[] {Float.MAX_VALUE, -Float.MAX_VALUE}))
        .containsExactly(1f, 0f);
  }

  /** e^0 = 1, e^-1 and e^-2 rounded to floats, over their sum; bits from 40-digit arithmetic. */
  @Test
  void everyStepIsRoundedAsDefined() {
    float[] p = Softmax.probabilities(new float[] {-2, 0, -1});
    assertThat(bits(p)).containsExactly("3db861f3", "3f2a4d3b", "3e7a9a1a");
  }

  /** 3.1 - 16.7 rounded to a float; the unrounded difference would give 35a67eff. */
  @Test
  void theDifferenceToTheMaximumIsRoundedFirst() {
    assertThat(bits(Softmax.probabilities(new float[] {16.7f, 3.1f})))
        .containsExactly("3f7fffeb", "35a67f04");
  }

  private static String[] bits(float[] values) {
    String[] bits = new String[values.length];
    for (int i = 0; i < values.length; i++) {
      bits[i] = "%08x".formatted(Float.floatToIntBits(values[i]));
    }
    return bits;
  }
}
