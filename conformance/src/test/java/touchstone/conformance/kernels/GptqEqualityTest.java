package touchstone.conformance.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.ZeroPointFormat;
import touchstone.kernels.Numerics;
import touchstone.tensor.DType;

/** Products with quantised matrices, in both modes: every set returns the same bits. */
@Tag("TOL-1")
final class GptqEqualityTest {
  private static final int[] BITS = {2, 3, 4, 8};
  private static final int[] GROUP_SIZES = {-1, 32, 48, 128};
  private static final DType[] SCALE_TYPES = {DType.F16, DType.F32, DType.BF16};

  /** Parts of a tile, whole tiles, and parts of the runs of tiles that are packed together. */
  private static final int[] OUTPUTS = {32, 64, 96, 160, 512, 544, 2080};

  @ParameterizedTest
  @EnumSource(Numerics.class)
  @Tag("GPTQ-6")
  @Tag("INT8-2")
  void everyLayoutEqualsItsDefinition(Numerics mode) {
    try (BothSets sets = BothSets.withWeights(mode)) {
      int seed = 0;
      for (int bits : BITS) {
        for (int groupSize : GROUP_SIZES) {
          for (GptqCase.Groups layout : GptqCase.Groups.values()) {
            for (ZeroPointFormat zeroPoints : ZeroPointFormat.values()) {
              Numbers choice = new Numbers(seed);
              GptqCase test =
                  new GptqCase(
                      bits,
                      groupSize,
                      layout,
                      zeroPoints,
                      choice.of(SCALE_TYPES),
                      choice.of(GptqCase.Codes.values()),
                      32 * (1 + choice.below(5)),
                      32 * (2 + choice.below(7)));
              int rows = Numbers.ROWS[choice.below(Numbers.ROWS.length)];
              product(sets, test, choice.of(Numbers.Kind.values()), rows, seed++);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Numerics.class)
  @Tag("GPTQ-6")
  @Tag("INT8-1")
  void everyNumberOfRowsAndKindOfNumberEqualsItsDefinition(Numerics mode) {
    try (BothSets sets = BothSets.withWeights(mode)) {
      int seed = 0;
      for (int bits : BITS) {
        for (int rows : Numbers.ROWS) {
          for (Numbers.Kind kind : Numbers.Kind.values()) {
            GptqCase.Codes fill = new Numbers(seed).of(GptqCase.Codes.values());
            product(sets, GptqCase.plain(bits, 128, 96, 160).filled(fill), kind, rows, seed++);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Numerics.class)
  @Tag("GPTQ-6")
  void everyNumberOfOutputsEqualsItsDefinition(Numerics mode) {
    try (BothSets sets = BothSets.withWeights(mode)) {
      for (int outputs : OUTPUTS) {
        for (int bits : BITS) {
          GptqCase test = GptqCase.plain(bits, 100, outputs, 160);
          product(sets, test, Numbers.Kind.WIDE, 1, outputs + bits);
          product(sets, test.filled(GptqCase.Codes.CENTRED), Numbers.Kind.WIDE, 5, outputs);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Numerics.class)
  @Tag("SUM-1")
  void groupsOfAnySizeEqualTheirDefinition(Numerics mode) {
    try (BothSets sets = BothSets.withWeights(mode)) {
      for (int groupSize : new int[] {-1, 1, 3, 7, 33, 96, 100, 127, 129, 200}) {
        for (int bits : BITS) {
          GptqCase.Codes fill = new Numbers(groupSize).of(GptqCase.Codes.values());
          GptqCase test = GptqCase.plain(bits, groupSize, 64, 288).filled(fill);
          product(sets, test, Numbers.Kind.WIDE, Numbers.ROWS[(groupSize + 1) % 4], groupSize);
        }
      }
    }
  }

  /** In mode f32 a zero point of 0 times an infinite sum is NaN, whatever the products are. */
  @ParameterizedTest
  @EnumSource(
      value = GptqCase.Codes.class,
      names = {"CENTRED", "NEARLY_CENTRED"})
  @Tag("GPTQ-6")
  void aZeroPointOfZeroShowsWhereASumIsInfinite(GptqCase.Codes fill) {
    try (BothSets sets = BothSets.withWeights(Numerics.F32)) {
      for (int bits : BITS) {
        for (int rows : new int[] {1, 3, 4, 6}) {
          GptqCase test = GptqCase.plain(bits, 128, 96, 160).filled(fill);
          float[] y = product(sets, test, Numbers.Kind.HUGE, rows, 1);
          for (int i = 0; i < y.length; i++) {
            assertThat(y[i]).as("%s, result %d", test, i).isNaN();
          }
        }
      }
    }
  }

  private static float[] product(
      BothSets sets, GptqCase test, Numbers.Kind kind, int rows, long seed) {
    Numbers numbers = new Numbers(seed);
    GptqMatrix matrix = test.build(numbers);
    float[] x = numbers.draw(kind, rows * test.inputs());
    int xOffset = numbers.below(17);
    int yOffset = numbers.below(17);
    Optional<float[]> bias =
        seed % 3 == 0
            ? Optional.of(numbers.draw(Numbers.Kind.USUAL, test.outputs()))
            : Optional.empty();
    return sets.agree(
        "%s, %s, %d rows, seed %d".formatted(test, kind, rows, seed),
        kernels -> {
          Guarded y = Guarded.empty(yOffset, rows, test.outputs());
          Guarded from = Guarded.of(xOffset, rows, test.inputs(), x);
          kernels.linear(matrix, bias).apply(from.rows(), y.rows());
          assertThat(Bits.difference(x, from.intact())).isEmpty();
          return y.intact();
        });
  }
}
