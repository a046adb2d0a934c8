package touchstone.conformance.contract;

import java.util.Optional;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.ZeroPointFormat;
import touchstone.tensor.DType;

/** Products with quantised matrices, in one mode. */
final class GptqCases {
  private static final int[] BITS = {2, 3, 4, 8};
  private static final int[] GROUP_SIZES = {-1, 32, 48, 128};
  private static final DType[] SCALE_TYPES = {DType.F16, DType.F32, DType.BF16};

  /** Parts of a tile, whole tiles, and parts of the runs of tiles that are packed together. */
  private static final int[] OUTPUTS = {32, 64, 96, 160, 512, 544, 2080};

  private final AgreeingSets sets;

  GptqCases(AgreeingSets sets) {
    this.sets = sets;
  }

  void everyLayoutEqualsItsDefinition() {
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
            product(test, choice.of(Numbers.Kind.values()), rows, seed++);
          }
        }
      }
    }
  }

  void everyNumberOfRowsAndKindOfNumberEqualsItsDefinition() {
    int seed = 0;
    for (int bits : BITS) {
      for (int rows : Numbers.ROWS) {
        for (Numbers.Kind kind : Numbers.Kind.values()) {
          GptqCase.Codes fill = new Numbers(seed).of(GptqCase.Codes.values());
          product(GptqCase.plain(bits, 128, 96, 160).filled(fill), kind, rows, seed++);
        }
      }
    }
  }

  void everyNumberOfOutputsEqualsItsDefinition() {
    for (int outputs : OUTPUTS) {
      for (int bits : BITS) {
        GptqCase test = GptqCase.plain(bits, 100, outputs, 160);
        product(test, Numbers.Kind.WIDE, 1, outputs + bits);
        product(test.filled(GptqCase.Codes.CENTRED), Numbers.Kind.WIDE, 5, outputs);
      }
    }
  }

  void groupsOfAnySizeEqualTheirDefinition() {
    for (int groupSize : new int[] {-1, 1, 3, 7, 33, 96, 100, 127, 129, 200}) {
      for (int bits : BITS) {
        GptqCase.Codes fill = new Numbers(groupSize).of(GptqCase.Codes.values());
        GptqCase test = GptqCase.plain(bits, groupSize, 64, 288).filled(fill);
        product(test, Numbers.Kind.WIDE, Numbers.ROWS[(groupSize + 1) % 4], groupSize);
      }
    }
  }

  /** In mode f32 a zero point of 0 times an infinite sum is NaN, whatever the products are. */
  void aZeroPointOfZeroShowsWhereASumIsInfinite(GptqCase.Codes fill) {
    for (int bits : BITS) {
      for (int rows : new int[] {1, 3, 4, 6}) {
        GptqCase test = GptqCase.plain(bits, 128, 96, 160).filled(fill);
        float[] y = product(test, Numbers.Kind.HUGE, rows, 1);
        for (int i = 0; i < y.length; i++) {
          if (!Float.isNaN(y[i])) {
            throw new AssertionError("%s, result %d is %s".formatted(test, i, y[i]));
          }
        }
      }
    }
  }

  void aProductForgetsTheOneBefore() {
    for (int bits : BITS) {
      GptqMatrix matrix = GptqCase.plain(bits, 32, 160, 96).build(new Numbers(bits));
      sets.agree(
          "linear",
          "%d bits, applied again and again".formatted(bits),
          kernels -> Repeated.apply(kernels.linear(matrix, Optional.empty()), matrix));
    }
  }

  private float[] product(GptqCase test, Numbers.Kind kind, int rows, long seed) {
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
        "linear",
        "%s, %s, %d rows, seed %d".formatted(test, kind, rows, seed),
        kernels -> {
          Guarded y = Guarded.empty(yOffset, rows, test.outputs());
          Guarded from = Guarded.of(xOffset, rows, test.inputs(), x);
          kernels.linear(matrix, bias).apply(from.rows(), y.rows());
          from.unchanged(x);
          return y.intact();
        });
  }
}
