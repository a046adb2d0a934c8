package touchstone.conformance.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.ZeroPointFormat;
import touchstone.kernels.Numerics;
import touchstone.tensor.Activations;
import touchstone.tensor.DType;

/**
 * Mode int8 from its formula: integers in long arithmetic, every rounding of the float steps made
 * from an exact intermediate. The kernel sets must return these bits.
 */
@Tag("INT8-1")
@Tag("INT8-2")
final class Int8DefinitionTest {
  private static final int BLOCK = 128;

  @Test
  void everySetReturnsTheBitsOfTheFormula() {
    for (int bits : new int[] {2, 3, 4, 8}) {
      for (GptqCase.Codes fill : GptqCase.Codes.values()) {
        for (ZeroPointFormat zeroPoints : ZeroPointFormat.values()) {
          for (int groupSize : new int[] {-1, 48, 128}) {
            GptqCase test =
                new GptqCase(
                    bits, groupSize, GptqCase.Groups.ABSENT, zeroPoints, DType.F16, fill, 32, 288);
            check(test, Numbers.Kind.USUAL);
            check(test, Numbers.Kind.WIDE);
          }
        }
      }
    }
  }

  private static void check(GptqCase test, Numbers.Kind kind) {
    Numbers numbers = new Numbers(test.bits());
    GptqMatrix matrix = test.build(numbers);
    float[] x = numbers.draw(kind, test.inputs());
    float[] expected = new float[test.outputs()];
    for (int n = 0; n < expected.length; n++) {
      expected[n] = output(matrix, test, x, n);
    }
    EverySet.check(
        Numerics.INT8,
        kernels -> {
          Activations y = Activations.zeros(1, test.outputs());
          kernels.linear(matrix, Optional.empty()).apply(Activations.row(x), y);
          assertThat(Bits.difference(expected, y.toArray()))
              .as("%s, %s, %s", kernels.name(), test, kind)
              .isEmpty();
        });
  }

  private static float output(GptqMatrix matrix, GptqCase test, float[] x, int n) {
    int groupSize = test.groupSize() < 0 ? test.inputs() : test.groupSize();
    float y = 0;
    for (int group = 0; group < test.groups(); group++) {
      int groupEnd = Math.min(test.inputs(), (group + 1) * groupSize);
      for (int from = group * groupSize; from < groupEnd; from += BLOCK) {
        y = plusBlock(y, matrix, x, n, group, from, Math.min(groupEnd, from + BLOCK));
      }
    }
    return y;
  }

  private static float plusBlock(
      float y, GptqMatrix matrix, float[] x, int n, int group, int from, int to) {
    double largest = 0;
    for (int k = from; k < to; k++) {
      largest = Math.max(largest, Math.abs((double) x[k]));
    }
    // A quotient or product of floats, taken in double, rounds to the correctly rounded float.
    float step = (float) (largest / 127);
    float inverse = (float) (127 / largest);
    long exact = 0;
    for (int k = from; k < to; k++) {
      float scaled = (float) ((double) x[k] * inverse);
      long rounded =
          BigDecimal.valueOf(scaled).setScale(0, RoundingMode.HALF_EVEN).longValueExact();
      exact += rounded * (matrix.code(k, n) - matrix.zero(group, n));
    }
    float factor = (float) ((double) matrix.scale(group, n) * step);
    return new BigDecimal(factor)
        .multiply(BigDecimal.valueOf(exact))
        .add(new BigDecimal(y))
        .floatValue();
  }
}
