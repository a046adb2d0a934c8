package touchstone.conformance.kernels;

import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.ZeroPointFormat;
import touchstone.kernels.Numerics;
import touchstone.tensor.DType;

/** Products with quantised matrices, in both modes: every set returns the same bits. */
final class GptqEqualityTest {
  private static final int[] BITS = {2, 3, 4, 8};
  private static final int[] GROUP_SIZES = {-1, 32, 48, 64, 128};
  private static final DType[] SCALE_TYPES = {DType.F16, DType.F32, DType.BF16};

  @ParameterizedTest
  @EnumSource(Numerics.class)
  @Tag("GPTQ-6")
  @Tag("INT8-2")
  void everyLayoutEqualsItsDefinition(Numerics mode) {
    try (BothSets sets = new BothSets(mode)) {
      int seed = 0;
      for (int bits : BITS) {
        for (int groupSize : GROUP_SIZES) {
          for (GptqCase.Groups layout : GptqCase.Groups.values()) {
            for (ZeroPointFormat zeroPoints : ZeroPointFormat.values()) {
              DType scaleType = SCALE_TYPES[seed % SCALE_TYPES.length];
              GptqCase.Codes fill = GptqCase.Codes.values()[seed % 5 < 3 ? 0 : seed % 5 - 2];
              int inputs = 32 * (1 + seed % 7) + 64;
              int outputs = 32 * (1 + seed % 5);
              GptqCase test =
                  new GptqCase(
                      bits, groupSize, layout, zeroPoints, scaleType, fill, outputs, inputs);
              Numbers.Kind kind = Numbers.Kind.values()[seed % 4];
              product(sets, test, kind, Numbers.ROWS[seed % Numbers.ROWS.length], seed++);
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
    try (BothSets sets = new BothSets(mode)) {
      for (int bits : BITS) {
        for (int rows : Numbers.ROWS) {
          for (Numbers.Kind kind : Numbers.Kind.values()) {
            product(sets, plain(bits, 96, 160), kind, rows, rows);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Numerics.class)
  @Tag("GPTQ-6")
  void matricesWiderThanATileEqualTheirDefinition(Numerics mode) {
    try (BothSets sets = new BothSets(mode)) {
      product(sets, plain(4, 1376, 256), Numbers.Kind.USUAL, 5, 1);
      product(sets, plain(3, 1376, 256), Numbers.Kind.USUAL, 5, 2);
    }
  }

  @ParameterizedTest
  @EnumSource(Numerics.class)
  @Tag("SUM-1")
  void groupsOfAnySizeEqualTheirDefinition(Numerics mode) {
    try (BothSets sets = new BothSets(mode)) {
      for (int groupSize : new int[] {1, 3, 7, 33, 127, 129, 200}) {
        for (int bits : BITS) {
          GptqCase test =
              new GptqCase(
                  bits,
                  groupSize,
                  GptqCase.Groups.ABSENT,
                  ZeroPointFormat.V1,
                  DType.F16,
                  GptqCase.Codes.RANDOM,
                  64,
                  288);
          product(sets, test, Numbers.Kind.WIDE, 1 + groupSize % 6, groupSize);
        }
      }
    }
  }

  private static GptqCase plain(int bits, int outputs, int inputs) {
    return new GptqCase(
        bits,
        64,
        GptqCase.Groups.SEQUENTIAL,
        ZeroPointFormat.V1,
        DType.F16,
        GptqCase.Codes.RANDOM,
        outputs,
        inputs);
  }

  private static void product(
      BothSets sets, GptqCase test, Numbers.Kind kind, int rows, long seed) {
    Numbers numbers = new Numbers(seed);
    GptqMatrix matrix = test.build(numbers);
    float[] x = numbers.draw(kind, rows * test.inputs());
    Optional<float[]> bias =
        seed % 3 == 0
            ? Optional.of(numbers.draw(Numbers.Kind.USUAL, test.outputs()))
            : Optional.empty();
    sets.agree(
        "%s, %s, %d rows, seed %d".formatted(test, kind, rows, seed),
        kernels -> {
          Guarded y = Guarded.empty(rows, rows, test.outputs());
          Guarded from = Guarded.of(3, rows, test.inputs(), x);
          kernels.linear(matrix, bias).apply(from.rows(), y.rows());
          from.intact();
          return y.intact();
        });
  }
}
