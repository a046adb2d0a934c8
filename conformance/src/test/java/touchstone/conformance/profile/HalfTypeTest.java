package touchstone.conformance.profile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rounding to the 16-bit types, against its definition. */
@Tag("PROFILE-2")
final class HalfTypeTest {
  private static final int STRIDE = 65_521; // prime

  @ParameterizedTest
  @EnumSource(HalfType.class)
  void aNumberOfTheTypeStaysWhatItIs(HalfType type) {
    for (int bits = Short.MIN_VALUE; bits <= Short.MAX_VALUE; bits++) {
      float value = type.value((short) bits);
      if (!Float.isNaN(value)) {
        assertThat(type.bits(value)).isEqualTo((short) bits);
      }
    }
  }

  /** Between neighbours of the type: the middle, and the floats on both sides of it. */
  @ParameterizedTest
  @EnumSource(HalfType.class)
  void middlesGoToEvenAndWhatIsBesideThemToItsSide(HalfType type) {
    for (int bits = 0; bits < type.bits(Float.POSITIVE_INFINITY) - 1; bits++) {
      float low = type.value((short) bits);
      float high = type.value((short) (bits + 1));
      float middle = (float) (((double) low + high) / 2);
      assertThat(type.round(middle)).isEqualTo(bits % 2 == 0 ? low : high);
      assertThat(type.round(-middle)).isEqualTo(bits % 2 == 0 ? -low : -high);
      assertThat(type.round(Math.nextDown(middle))).isEqualTo(low);
      assertThat(type.round(Math.nextUp(middle))).isEqualTo(high);
    }
  }

  @ParameterizedTest
  @EnumSource(HalfType.class)
  void aStrideOfAllFloatsRoundsAsDefined(HalfType type) {
    for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += STRIDE) {
      float value = Float.intBitsToFloat((int) bits);
      if (Float.isNaN(value)) {
        assertThat(type.round(value)).isNaN();
      } else {
        assertThat(type.round(value)).isEqualTo((float) Grid.round(type, value));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(HalfType.class)
  void nothingIsNotANumberButWhatWasNot(HalfType type) {
    assertThat(type.round(Float.MAX_VALUE)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(type.round(Float.NaN)).isNaN();
    assertThat(type.round(Float.intBitsToFloat(0x7f800001))).isNaN();
    assertThat(Float.floatToRawIntBits(type.round(-0f))).isEqualTo(1 << 31);
  }
}
