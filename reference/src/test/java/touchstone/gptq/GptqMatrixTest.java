package touchstone.gptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/** A 4-bit matrix of 64 inputs and 32 outputs in groups of 32, built by hand. */
class GptqMatrixTest {
  private static final int INPUTS = 64;
  private static final int OUTPUTS = 32;

  private final int[] qweight = new int[INPUTS / 8 * OUTPUTS]; // [8, 32]
  private final int[] qzeros = new int[2 * OUTPUTS / 8]; // [2, 4]
  private final float[] scales = new float[2 * OUTPUTS]; // [2, 32]
  private final int[] gIdx = new int[INPUTS];

  GptqMatrixTest() {
    java.util.Arrays.fill(scales, 0.5f);
    for (int k = 0; k < INPUTS; k++) {
      gIdx[k] = k / 32;
    }
  }

  private static GptqConfig config(ZeroPointFormat format) {
    return new GptqConfig(
        4, 32, false, false, format, OptionalDouble.empty(), false, true, Optional.empty());
  }

  private static Tensor ints(String name, int[] values, long... shape) {
    return new Tensor(name, DType.I32, longs(shape), MemorySegment.ofArray(values));
  }

  private static List<Long> longs(long... shape) {
    return java.util.Arrays.stream(shape).boxed().toList();
  }

  private GptqMatrix matrix(ZeroPointFormat format) {
    return GptqMatrix.of(
        "m",
        config(format),
        OUTPUTS,
        INPUTS,
        ints("m.qweight", qweight, 8, 32),
        ints("m.qzeros", qzeros, 2, 4),
        new Tensor("m.scales", DType.F32, longs(2, 32), MemorySegment.ofArray(scales)),
        Optional.of(ints("m.g_idx", gIdx, 64)));
  }

  @Test
  @Tag("GPTQ-1")
  void codesRunDownTheColumnsOfQweight() {
    qweight[1 * OUTPUTS + 5] = 0x0000_0900; // word row 1: inputs 8 to 15; output 5
    GptqMatrix matrix = matrix(ZeroPointFormat.V1);
    assertThat(matrix.code(10, 5)).isEqualTo(9);
    assertThat(matrix.code(10, 4)).isZero();
    assertThat(matrix.code(9, 5)).isZero();
  }

  @Test
  @Tag("GPTQ-1")
  void zeroPointsRunAlongTheRowsOfQzeros() {
    qzeros[4 + 2] = 0x0003_0000; // group 1, word column 2: outputs 16 to 23
    GptqMatrix matrix = matrix(ZeroPointFormat.V2);
    assertThat(matrix.zero(1, 20)).isEqualTo(3);
    assertThat(matrix.zero(0, 20)).isZero();
    assertThat(matrix.zero(1, 21)).isZero();
  }

  @Test
  @Tag("GPTQ-3")
  void formatV1StoresTheZeroPointMinusOneAndDoesNotWrap() {
    qzeros[0] = 0x0000_00f7;
    assertThat(matrix(ZeroPointFormat.V1).zero(0, 0)).isEqualTo(8);
    assertThat(matrix(ZeroPointFormat.V1).zero(0, 1)).isEqualTo(16);
    assertThat(matrix(ZeroPointFormat.V2).zero(0, 0)).isEqualTo(7);
    assertThat(matrix(ZeroPointFormat.V2).zero(0, 1)).isEqualTo(15);
  }

  @Test
  @Tag("GPTQ-4")
  void aWeightIsItsGroupsScaleTimesCodeMinusZeroPoint() {
    gIdx[10] = 1;
    qweight[1 * OUTPUTS + 5] = 0x0000_0900;
    qzeros[4] = 0x0030_0000; // group 1, output 5
    scales[OUTPUTS + 5] = 0.25f;
    assertThat(matrix(ZeroPointFormat.V2).dequantise(5, 10)).isEqualTo(0.25f * (9 - 3));
    assertThat(matrix(ZeroPointFormat.V1).dequantise(5, 10)).isEqualTo(0.25f * (9 - 4));
  }

  @Test
  @Tag("GPTQ-5")
  void withoutGIdxGroupsAreConsecutive() {
    GptqMatrix matrix =
        GptqMatrix.of(
            "m",
            config(ZeroPointFormat.V1),
            OUTPUTS,
            INPUTS,
            ints("m.qweight", qweight, 8, 32),
            ints("m.qzeros", qzeros, 2, 4),
            new Tensor("m.scales", DType.F32, longs(2, 32), MemorySegment.ofArray(scales)),
            Optional.empty());
    assertThat(matrix.groupOf(31)).isZero();
    assertThat(matrix.groupOf(32)).isEqualTo(1);
    assertThat(matrix.order().isSequential()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 2, Integer.MAX_VALUE, Integer.MIN_VALUE})
  @Tag("GPTQ-5")
  void aGroupIndexOutOfRangeIsRefusedBeforeAnythingIsRead(int group) {
    gIdx[17] = group;
    assertThatThrownBy(() -> matrix(ZeroPointFormat.V1))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.FORMAT))
        .hasMessageContaining("m.g_idx")
        .hasMessageContaining("group " + group + " at input 17")
        .hasMessageContaining("0 to 1");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  @Tag("GPTQ-10")
  void aScaleThatIsNotFiniteIsRefused(float scale) {
    scales[OUTPUTS + 3] = scale;
    assertThatThrownBy(() -> matrix(ZeroPointFormat.V1))
        .hasMessageContaining("m.scales")
        .hasMessageContaining("[1, 3]");
  }

  @ParameterizedTest
  @CsvSource({"8,33,m.qweight", "9,32,m.qweight"})
  void aShapeThatDoesNotFitTheConfigurationIsRefused(long rows, long columns, String tensor) {
    int[] other = new int[(int) (rows * columns)];
    assertThatThrownBy(
            () ->
                GptqMatrix.of(
                    "m",
                    config(ZeroPointFormat.V1),
                    OUTPUTS,
                    INPUTS,
                    ints("m.qweight", other, rows, columns),
                    ints("m.qzeros", qzeros, 2, 4),
                    new Tensor("m.scales", DType.F32, longs(2, 32), MemorySegment.ofArray(scales)),
                    Optional.empty()))
        .isInstanceOf(TouchstoneException.class)
        .hasMessageContaining(tensor)
        .hasMessageContaining("[8, 32]");
  }
}
