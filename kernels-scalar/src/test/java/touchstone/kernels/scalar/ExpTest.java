package touchstone.kernels.scalar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("EXP-1")
final class ExpTest {
  @Test
  void zeroGivesOneAndOneGivesE() {
    assertThat(Exp.exp(0)).isEqualTo(1);
    assertThat(Exp.exp(-0f)).isEqualTo(1);
    assertThat(Exp.exp(1)).isEqualTo((float) Math.E);
  }

  @Test
  void extremesGiveZeroInfinityAndNan() {
    assertThat(Exp.exp(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(Exp.exp(-104f)).isZero();
    assertThat(Exp.exp(88.8f)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Exp.exp(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Exp.exp(Float.NaN)).isNaN();
  }

  @Test
  void theLargestAndSmallestResultsAreReached() {
    assertThat(Exp.exp(88.72283f)).isBetween(3.4e38f, Float.MAX_VALUE);
    assertThat(Exp.exp(-103.2f)).isEqualTo(Float.MIN_VALUE);
  }

  /**
   * One float in 997 of all that neither overflow nor vanish, about four million, against an
   * exponential that is good to double precision.
   */
  @Test
  void resultsAreWithinOneUlp() {
    double worst = 0;
    for (long bits = 0; bits < 1L << 32; bits += 997) {
      float x = Float.intBitsToFloat((int) bits);
      if (x >= -104 && x <= 88.7228f) {
        double exact = Math.exp(x);
        worst = Math.max(worst, Math.abs(Exp.exp(x) - exact) / Math.ulp((float) exact));
      }
    }
    assertThat(worst).isLessThanOrEqualTo(1);
  }
}
