package touchstone.kernels.scalar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("SUM-2")
final class StripesTest {
  /** Half an ulp of 1: alone it is lost when added to 1, two of them together are not. */
  private static final float HALF_ULP = 0x1p-24f;

  private static float sum(int length, int... placesOfHalfUlp) {
    float[] terms = new float[length];
    terms[0] = 1;
    for (int place : placesOfHalfUlp) {
      terms[place] = HALF_ULP;
    }
    float[] ones = new float[length];
    Arrays.fill(ones, 1);
    float sum = Stripes.sum(terms, length);
    assertThat(Stripes.dot(terms, 0, ones, 0, length)).isEqualTo(sum);
    return sum;
  }

  @Test
  void sumsAreTakenInSixteenStripes() {
    // Terms 1 and 17 share a stripe and become an ulp; from left to right both would be lost.
    assertThat(sum(32, 1, 17)).isEqualTo(1 + 2 * HALF_ULP);
    // Term 16 falls into the stripe of the 1, is lost at once, and term 17 alone is lost later.
    assertThat(sum(32, 16, 17)).isEqualTo(1);
  }

  @Test
  void stripesAreAddedEightFourTwoAndOneApart() {
    // 4 and 12 meet first, then join 0; likewise 2, 6, 10, 14 and the odd ones.
    assertThat(sum(16, 4, 12)).isEqualTo(1 + 2 * HALF_ULP);
    assertThat(sum(16, 2, 6)).isEqualTo(1 + 2 * HALF_ULP);
    assertThat(sum(16, 1, 3)).isEqualTo(1 + 2 * HALF_ULP);
    // 8 joins 0 in the first step and 4 in the second: each is lost alone.
    assertThat(sum(16, 8, 4)).isEqualTo(1);
    assertThat(sum(16, 4, 2)).isEqualTo(1);
    assertThat(sum(16, 2, 1)).isEqualTo(1);
  }

  @Test
  void productsAreFusedIntoTheSum() {
    float x = 1 + 0x1p-12f; // x * x = 1 + 2^-11 + 2^-24: the last bit needs the fused addition
    float[] a = new float[17];
    float[] b = new float[17];
    a[0] = -(1 + 0x1p-11f);
    b[0] = 1;
    a[16] = x;
    b[16] = x;
    assertThat(Stripes.dot(a, 0, b, 0, 17)).isEqualTo(0x1p-24f);
  }

  @Test
  void bothVectorsMayStartAnywhere() {
    float[] a = {9, 2, 3};
    float[] b = {9, 9, 5, 7};
    assertThat(Stripes.dot(a, 1, b, 2, 2)).isEqualTo(31);
  }

  @Test
  void anEmptySumIsZero() {
    assertThat(Stripes.sum(new float[0], 0)).isZero();
  }
}
