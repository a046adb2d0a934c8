package touchstone.conformance.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.conformance.contract.AgreeingSets;
import touchstone.conformance.contract.Bits;
import touchstone.conformance.contract.GptqCase;
import touchstone.conformance.contract.Numbers;
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
  private static final float LEAST = 0x1p-100f;

  @Test
  void everySetReturnsTheBitsOfTheFormula() {
    try (AgreeingSets sets = SimdSets.withWeights(Numerics.INT8)) {
      int seed = 0;
      for (int bits : new int[] {2, 3, 4, 8}) {
        for (GptqCase.Codes fill : GptqCase.Codes.values()) {
          for (int groupSize : new int[] {-1, 48, 128}) {
            GptqCase test = GptqCase.plain(bits, groupSize, 32, 288).filled(fill);
            Numbers.Kind kind = seed % 2 == 0 ? Numbers.Kind.USUAL : Numbers.Kind.WIDE;
            float[] x = new Numbers(seed++).draw(kind, test.inputs());
            check(sets, test.read(ZeroPointFormat.V1), x);
            check(sets, test.read(ZeroPointFormat.V2), x);
          }
        }
      }
    }
  }

  /**
   * Products in integers of 16 bits: the largest number of words whose sum fits them when every code
   * and every activation is as far from 0 as can be. A group of just so many, and a longer one.
   */
  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  void sumsOfSixteenBitsReachTheirLimitAndStayExact(int bits) {
    int fields = Short.SIZE / bits;
    int ofOneWord = fields * (1 << (bits - 1)) * Byte.MAX_VALUE;
    int words = Short.MAX_VALUE / ofOneWord;
    int longest = words * 2 * fields;
    assertThat((words + 1) * ofOneWord).isGreaterThan(-Short.MIN_VALUE);
    assertThat(longest).isLessThan(BLOCK);
    try (AgreeingSets sets = SimdSets.withWeights(Numerics.INT8)) {
      for (int groupSize : new int[] {longest, longest + 1, BLOCK}) {
        for (GptqCase.Codes fill : GptqCase.Codes.values()) {
          GptqCase test = GptqCase.plain(bits, groupSize, 32, 256).filled(fill);
          check(sets, test, extremes(test.inputs(), fields));
        }
      }
    }
  }

  /** Rows of 127, of -127, of both by turns, of halves of a word by turns, of 127 or 0 by turns. */
  private static float[] extremes(int inputs, int fields) {
    float[] x = new float[5 * inputs];
    for (int k = 0; k < inputs; k++) {
      boolean highHalf = k / fields % 2 == 1;
      x[k] = Byte.MAX_VALUE;
      x[inputs + k] = -Byte.MAX_VALUE;
      x[2 * inputs + k] = k % 2 == 0 ? Byte.MAX_VALUE : -Byte.MAX_VALUE;
      x[3 * inputs + k] = highHalf ? -Byte.MAX_VALUE : Byte.MAX_VALUE;
      x[4 * inputs + k] = highHalf ? 0 : Byte.MAX_VALUE;
    }
    return x;
  }

  @Test
  void blocksBelowTheLeastMagnitudeCountAsZero() {
    try (AgreeingSets sets = SimdSets.withWeights(Numerics.INT8)) {
      for (int bits : new int[] {2, 4}) {
        GptqCase test = GptqCase.plain(bits, 32, 32, 64).scaled(DType.F32);
        for (float most : new float[] {0, Float.MIN_VALUE, Math.nextDown(LEAST), LEAST}) {
          float[] x = new Numbers(bits).draw(Numbers.Kind.USUAL, test.inputs());
          for (int k = 0; k < 32; k++) {
            x[k] = most * (k % 5 - 2) / 2;
          }
          check(sets, test, x);
        }
      }
    }
  }

  /** Checks all rows together and the first one alone. */
  private static void check(AgreeingSets sets, GptqCase test, float[] x) {
    GptqMatrix matrix = test.build(new Numbers(test.bits()));
    int rows = x.length / test.inputs();
    float[] expected = new float[rows * test.outputs()];
    for (int i = 0; i < expected.length; i++) {
      int from = i / test.outputs() * test.inputs();
      float[] row = Arrays.copyOfRange(x, from, from + test.inputs());
      expected[i] = output(matrix, test, row, i % test.outputs());
    }
    check(sets, test, matrix, x, expected);
    if (rows > 1) {
      float[] first = Arrays.copyOf(x, test.inputs());
      check(sets, test, matrix, first, Arrays.copyOf(expected, test.outputs()));
    }
  }

  private static void check(
      AgreeingSets sets, GptqCase test, GptqMatrix matrix, float[] x, float[] expected) {
    int rows = x.length / test.inputs();
    float[] found =
        sets.agree(
            "linear",
            test.toString(),
            kernels -> {
              Activations y = Activations.zeros(rows, test.outputs());
              kernels
                  .linear(matrix, Optional.empty())
                  .apply(new Activations(x, 0, rows, test.inputs()), y);
              return y.toArray();
            });
    assertThat(Bits.difference(expected, found)).as("%s, %d rows", test, rows).isEmpty();
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
    if (largest < LEAST) {
      return y;
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
