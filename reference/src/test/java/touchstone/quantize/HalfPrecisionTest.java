package touchstone.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.checkpoint.SafetensorsWriter;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

class HalfPrecisionTest {
  private static Tensor floats(float... values) {
    return SafetensorsWriter.floats("w", List.of((long) values.length), values);
  }

  @Test
  @Tag("CALIB-3")
  void numbersAreRoundedOnceTiesToEven() {
    Tensor half =
        HalfPrecision.of(floats(1 + 0x1p-11f, 1 + 0x3p-11f, 1 + 0x1.01p-11f, 65519, 1e-9f, -0f));
    assertThat(half.dtype()).isEqualTo(DType.F16);
    assertThat(half.toFloats()).containsExactly(1, 1 + 0x1p-9f, 1 + 0x1p-10f, 65504, 0, -0f);
  }

  @Test
  @Tag("CALIB-3")
  void bfloat16IsReadAsWhatItIs() {
    byte[] one = {(byte) 0x80, 0x3f, (byte) 0x81, (byte) 0xbf};
    Tensor stored = new Tensor("w", DType.BF16, List.of(2L), MemorySegment.ofArray(one));
    assertThat(HalfPrecision.of(stored).toFloats()).containsExactly(1, -1.0078125f);
  }

  @Test
  void halvesStayWhereTheyAre() {
    Tensor stored = HalfPrecision.tensor("w", new float[] {1, 2});
    assertThat(HalfPrecision.of(stored)).isSameAs(stored);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.NEGATIVE_INFINITY, 65520})
  @Tag("CALIB-3")
  void whatIsNotFiniteAsAHalfIsRefused(float value) {
    float[] values = new float[10_000];
    values[9_000] = value;
    assertThatThrownBy(() -> HalfPrecision.of(floats(values)))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.FORMAT))
        .hasMessageStartingWith("tensor 'w': " + value + " at index 9000 (");
  }
}
