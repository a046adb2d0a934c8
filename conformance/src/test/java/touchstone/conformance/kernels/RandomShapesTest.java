package touchstone.conformance.kernels;

import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import touchstone.conformance.contract.AgreeingSets;
import touchstone.conformance.contract.GptqCase;
import touchstone.conformance.contract.Guarded;
import touchstone.conformance.contract.Numbers;
import touchstone.conformance.contract.Stored;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.ZeroPointFormat;
import touchstone.kernels.Numerics;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.KeyValues;

/** Shapes that nobody chose; a failure shrinks to the smallest that shows it. */
@Tag("TOL-1")
final class RandomShapesTest {
  private static final AgreeingSets[] SETS = new AgreeingSets[Numerics.values().length];

  @BeforeContainer
  static void open() {
    for (Numerics mode : Numerics.values()) {
      SETS[mode.ordinal()] = SimdSets.withWeights(mode);
    }
  }

  @AfterContainer
  static void close() {
    for (AgreeingSets sets : SETS) {
      sets.close();
    }
  }

  /** Everything about a product that has more than two values; jqwik chooses among many such. */
  record Run(Numbers.Kind kind, int rows, int xOffset, int yOffset, DType scaleType) {}

  @Provide
  Arbitrary<Run> runs() {
    return Combinators.combine(
            Arbitraries.of(Numbers.Kind.class),
            Arbitraries.integers().between(1, 9),
            Arbitraries.integers().between(0, 17),
            Arbitraries.integers().between(0, 17),
            Arbitraries.of(DType.F16, DType.BF16, DType.F32))
        .as(Run::new);
  }

  @Property(tries = 100, seed = "20261123", edgeCases = EdgeCasesMode.NONE)
  @Tag("GPTQ-6")
  @Tag("INT8-2")
  @Tag("SUM-1")
  void quantisedProductsAgree(
      @ForAll Numerics mode,
      @ForAll("widths") int bits,
      @ForAll @IntRange(min = 1, max = 300) int groupSize,
      @ForAll GptqCase.Groups layout,
      @ForAll ZeroPointFormat zeroPoints,
      @ForAll GptqCase.Codes fill,
      @ForAll @IntRange(min = 1, max = 20) int outputs,
      @ForAll @IntRange(min = 1, max = 9) int inputs,
      @ForAll("runs") Run run) {
    GptqCase test =
        new GptqCase(
            bits, groupSize, layout, zeroPoints, run.scaleType, fill, 32 * outputs, 32 * inputs);
    Numbers numbers = new Numbers(groupSize);
    GptqMatrix matrix = test.build(numbers);
    float[] x = numbers.draw(run.kind, run.rows * test.inputs());
    SETS[mode.ordinal()].agree(
        "linear",
        "%s, %s".formatted(test, run),
        kernels -> {
          Guarded y = Guarded.empty(run.yOffset, run.rows, test.outputs());
          kernels
              .linear(matrix, Optional.empty())
              .apply(Guarded.of(run.xOffset, run.rows, test.inputs(), x).rows(), y.rows());
          return y.intact();
        });
  }

  @Provide
  Arbitrary<Integer> widths() {
    return Arbitraries.of(2, 3, 4, 8);
  }

  @Property(tries = 60, seed = "20261123")
  @Tag("LINEAR-1")
  void denseProductsAgree(
      @ForAll @IntRange(min = 1, max = 40) int outputs,
      @ForAll @IntRange(min = 1, max = 300) int columns,
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll Numbers.Kind kind) {
    Numbers numbers = new Numbers(outputs);
    float[] w = numbers.draw(kind, outputs * columns);
    float[] x = numbers.draw(kind, rows * columns);
    DenseMatrix matrix = new DenseMatrix(Stored.weights("w", DType.F16, 1, w, outputs, columns));
    SETS[Numerics.F32.ordinal()].agree(
        "linear",
        "%s [%d, %d], %d rows".formatted(kind, outputs, columns, rows),
        kernels -> {
          Guarded y = Guarded.empty(1, rows, outputs);
          kernels
              .linear(matrix, Optional.empty())
              .apply(Guarded.of(2, rows, columns, x).rows(), y.rows());
          return y.intact();
        });
  }

  @Property(tries = 60, seed = "20261123")
  @Tag("ATTN-4")
  void attentionAgrees(
      @ForAll @IntRange(min = 1, max = 3) int kvHeads,
      @ForAll @IntRange(min = 1, max = 3) int shared,
      @ForAll @IntRange(min = 1, max = 90) int headDim,
      @ForAll @IntRange(min = 1, max = 12) int rows,
      @ForAll @IntRange(min = 0, max = 40) int position,
      @ForAll Numbers.Kind kind) {
    Numbers numbers = new Numbers(headDim);
    int capacity = position + rows;
    int size = kvHeads * capacity * headDim;
    int columns = kvHeads * shared * headDim;
    KeyValues cache =
        new KeyValues(
            numbers.draw(kind, size), numbers.draw(kind, size), kvHeads, capacity, headDim);
    float[] q = numbers.draw(kind, rows * columns);
    SETS[Numerics.F32.ordinal()].agree(
        "attend",
        "%s, %d x %d heads of %d, %d rows from %d"
            .formatted(kind, kvHeads, shared, headDim, rows, position),
        kernels -> {
          Guarded y = Guarded.empty(1, rows, columns);
          kernels.attend(Guarded.of(2, rows, columns, q).rows(), position, cache, y.rows());
          return y.intact();
        });
  }
}
