package touchstone.conformance.kernels;

import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.ZeroPointFormat;
import touchstone.kernels.Numerics;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.KeyValues;

/** Shapes that nobody chose; a failure shrinks to the smallest that shows it. */
@Tag("TOL-1")
final class RandomShapesTest {
  private static final BothSets[] SETS = new BothSets[Numerics.values().length];

  @BeforeContainer
  static void open() {
    for (Numerics mode : Numerics.values()) {
      SETS[mode.ordinal()] = new BothSets(mode);
    }
  }

  @AfterContainer
  static void close() {
    for (BothSets sets : SETS) {
      sets.close();
    }
  }

  @Property(tries = 60, seed = "20261123")
  @Tag("GPTQ-6")
  void quantisedProductsAgree(
      @ForAll Numerics mode,
      @ForAll @IntRange(min = 0, max = 3) int bits,
      @ForAll @IntRange(min = 1, max = 300) int groupSize,
      @ForAll GptqCase.Groups layout,
      @ForAll ZeroPointFormat zeroPoints,
      @ForAll Numbers.Kind kind,
      @ForAll @IntRange(min = 1, max = 4) int outputs,
      @ForAll @IntRange(min = 1, max = 9) int inputs,
      @ForAll @IntRange(min = 1, max = 9) int rows) {
    GptqCase test =
        new GptqCase(
            new int[] {2, 3, 4, 8}[bits],
            groupSize,
            layout,
            zeroPoints,
            DType.F16,
            GptqCase.Codes.RANDOM,
            32 * outputs,
            32 * inputs);
    Numbers numbers = new Numbers(groupSize);
    GptqMatrix matrix = test.build(numbers);
    float[] x = numbers.draw(kind, rows * test.inputs());
    SETS[mode.ordinal()].agree(
        "%s, %s, %d rows".formatted(test, kind, rows),
        kernels -> {
          Guarded y = Guarded.empty(1, rows, test.outputs());
          kernels
              .linear(matrix, Optional.empty())
              .apply(Guarded.of(2, rows, test.inputs(), x).rows(), y.rows());
          return y.intact();
        });
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
        "%s, %d x %d heads of %d, %d rows from %d"
            .formatted(kind, kvHeads, shared, headDim, rows, position),
        kernels -> {
          Guarded y = Guarded.empty(1, rows, columns);
          kernels.attend(Guarded.of(2, rows, columns, q).rows(), position, cache, y.rows());
          return y.intact();
        });
  }
}
