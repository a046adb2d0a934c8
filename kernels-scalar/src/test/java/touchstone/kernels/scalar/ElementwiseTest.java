package touchstone.kernels.scalar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.tensor.Activations;

final class ElementwiseTest {
  @Test
  @Tag("SOFTMAX-1")
  void equalScoresShareEqually() {
    float[] scores = {5, 5, 5, 5, 77};
    Softmax.apply(scores, 4);
    assertThat(scores).containsExactly(0.25f, 0.25f, 0.25f, 0.25f, 77);
  }

  @Test
  @Tag("SOFTMAX-1")
  void theLargestScoreIsTakenOffFirst() {
    // exp(1000) alone would overflow; 2^-k = exp(-k ln 2)
    float ln2 = (float) Math.log(2);
    float[] scores = {1000, 1000 - ln2, Float.NEGATIVE_INFINITY};
    Softmax.apply(scores, 3);
    assertThat(scores[0]).isCloseTo(2 / 3f, within(1e-4f));
    assertThat(scores[2]).isZero();
  }

  @Test
  @Tag("SOFTMAX-1")
  void nanSpreadsToEveryProbability() {
    float[] scores = {1, Float.NaN, 2};
    Softmax.apply(scores, 3);
    assertThat(scores).containsExactly(Float.NaN, Float.NaN, Float.NaN);
  }

  @Test
  @Tag("FFN-2")
  void theGateIsSiluOfGateTimesUp() {
    Activations y = Activations.zeros(1, 3);
    SwiGlu.apply(Activations.row(0, 100, -200), Activations.row(5, 2, 3), y, 0, 3);
    // silu(0) = 0, silu(100) = 100, silu(-200) has underflowed to -0
    assertThat(y.toArray()).containsExactly(0, 200, -0f);
  }

  @Test
  @Tag("FFN-2")
  void siluOfMinusInfinityIsNan() {
    Activations y = Activations.zeros(1, 1);
    SwiGlu.apply(Activations.row(Float.NEGATIVE_INFINITY), Activations.row(1), y, 0, 1);
    assertThat(y.toArray()[0]).isNaN();
  }

  @Test
  @Tag("LINEAR-2")
  void theBiasIsAddedToEveryRow() {
    Activations y = new Activations(new float[] {1, 2, 3, 4}, 0, 2, 2);
    Bias.add(y, new float[] {10, 20});
    assertThat(y.toArray()).containsExactly(11, 22, 13, 24);
  }
}
