package touchstone.conformance.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import touchstone.conformance.contract.Bits;
import touchstone.conformance.contract.GptqCase;
import touchstone.conformance.contract.Numbers;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.GptqOutputs;
import touchstone.gptq.ZeroPointFormat;
import touchstone.tensor.DType;

/** Decoding many outputs together gives what decoding each alone defines. */
@Tag("GPTQ-1")
@Tag("GPTQ-2")
@Tag("GPTQ-3")
final class GptqOutputsTest {
  private static final int[] BITS = {2, 3, 4, 8};
  private static final DType[] SCALE_TYPES = {DType.F16, DType.BF16, DType.F32};

  @Property(tries = 200, seed = "20261123", edgeCases = EdgeCasesMode.MIXIN)
  void everyRunOfOutputsEqualsItsOutputs(
      @ForAll @IntRange(min = 0, max = 3) int bits,
      @ForAll @IntRange(min = 1, max = 150) int groupSize,
      @ForAll GptqCase.Groups layout,
      @ForAll ZeroPointFormat zeroPoints,
      @ForAll @IntRange(min = 0, max = 2) int scaleType,
      @ForAll GptqCase.Codes fill,
      @ForAll @IntRange(min = 1, max = 5) int outputs,
      @ForAll @IntRange(min = 1, max = 5) int inputs,
      @ForAll @IntRange(min = 0, max = 159) int from,
      @ForAll @IntRange(min = 0, max = 160) int length) {
    GptqMatrix matrix =
        matrix(
            new GptqCase(
                BITS[bits],
                groupSize,
                layout,
                zeroPoints,
                SCALE_TYPES[scaleType],
                fill,
                32 * outputs,
                32 * inputs));
    int output = from % matrix.rows();
    equalsItsOutputs(matrix, output, Math.min(length, matrix.rows() - output));
  }

  private static GptqMatrix matrix(GptqCase described) {
    return described.build(new Numbers(described.hashCode()));
  }

  private static void equalsItsOutputs(GptqMatrix matrix, int output, int count) {
    GptqOutputs run = new GptqOutputs(matrix, output, count);
    for (int input = 0; input < matrix.columns(); input++) {
      int[] codes = run.codes(input);
      assertThat(codes).hasSize(count);
      for (int j = 0; j < count; j++) {
        assertThat(codes[j]).isEqualTo(matrix.code(input, output + j));
      }
    }
    for (int group = 0; group < matrix.groups(); group++) {
      int[] zeros = run.zeros(group);
      float[] scales = run.scales(group);
      assertThat(zeros).hasSize(count);
      assertThat(scales).hasSize(count);
      for (int j = 0; j < count; j++) {
        assertThat(zeros[j]).isEqualTo(matrix.zero(group, output + j));
        assertThat(Bits.of(scales[j])).isEqualTo(Bits.of(matrix.scale(group, output + j)));
      }
    }
  }

  @Example
  void runsThatAreNotInTheMatrixAreRefused() {
    GptqMatrix matrix = matrix(GptqCase.plain(4, -1, 64, 32));
    assertThatThrownBy(() -> new GptqOutputs(matrix, 33, 32))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> new GptqOutputs(matrix, -1, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
