package touchstone.kernels.scalar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.tensor.Activations;

@Tag("RMS-1")
final class RmsNormTest {
  private static float[] norm(float epsilon, float[] gain, float... x) {
    Activations y = Activations.zeros(1, x.length);
    RmsNorm.row(Activations.row(x), 0, gain, epsilon, y);
    return y.toArray();
  }

  @Test
  void dividesByTheRootOfTheMeanSquare() {
    // mean(1 + 49) = 25, root 5
    assertThat(norm(0, new float[] {1, 1}, 1, 7)).containsExactly(0.2f, 7 * 0.2f);
  }

  @Test
  void epsilonIsAddedInsideTheRoot() {
    // sqrt(0 + 1/4) = 1/2; outside the root the divisor would be 1/4
    assertThat(norm(0.25f, new float[] {1, 1}, 0x1p-40f, 0)).containsExactly(0x1p-39f, 0);
  }

  @Test
  void gainMultipliesTheNormalisedValue() {
    assertThat(norm(0, new float[] {3, -0.5f}, 2, 2)).containsExactly(3, -0.5f);
  }

  @Test
  @Tag("RMS-2")
  void nothingIsRoundedToHalfPrecisionBeforeTheGain() {
    float third = 1 / 3f; // not an F16
    assertThat(norm(0, new float[] {third, 1}, 1, -1)).containsExactly(third, -1);
  }

  @Test
  void otherRowsDoNotMatter() {
    Activations x = new Activations(new float[] {9, 9, 1, 7, 9, 9}, 0, 3, 2);
    Activations y = Activations.zeros(3, 2);
    RmsNorm.row(x, 1, new float[] {1, 1}, 0, y);
    assertThat(y.toArray()).containsExactly(0, 0, 0.2f, 7 * 0.2f, 0, 0);
  }
}
