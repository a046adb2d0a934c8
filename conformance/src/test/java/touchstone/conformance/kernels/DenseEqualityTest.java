package touchstone.conformance.kernels;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import touchstone.kernels.Numerics;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;

/** Products with unquantised matrices: every set returns the same bits. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DenseEqualityTest {
  private static final int[] OUTPUTS = {1, 2, 3, 4, 5, 7, 8, 13, 29};

  private BothSets sets;

  @BeforeAll
  void open() {
    sets = BothSets.of(Numerics.F32);
  }

  @AfterAll
  void close() {
    sets.close();
  }

  @Test
  @Tag("LINEAR-1")
  @Tag("SUM-2")
  void productEqualsItsDefinition() {
    for (DType dtype : List.of(DType.F32, DType.F16, DType.BF16)) {
      for (Numbers.Kind kind : Numbers.Kind.values()) {
        for (int columns : Numbers.SIZES) {
          int outputs = OUTPUTS[columns % OUTPUTS.length];
          product(dtype, kind, outputs, columns, 1 + columns % 3, Optional.empty());
        }
      }
    }
  }

  @Test
  @Tag("LINEAR-1")
  void productEqualsItsDefinitionForEveryNumberOfRowsAndOutputs() {
    for (int rows : Numbers.ROWS) {
      for (int outputs : OUTPUTS) {
        product(DType.F16, Numbers.Kind.WIDE, outputs, 83, rows, Optional.empty());
      }
    }
  }

  @Test
  @Tag("LINEAR-1")
  @Tag("SUM-2")
  void longRowsEqualTheirDefinition() {
    product(DType.F16, Numbers.Kind.USUAL, 6, 5003, 2, Optional.empty());
    product(DType.BF16, Numbers.Kind.USUAL, 6, 5003, 2, Optional.empty());
    product(DType.F32, Numbers.Kind.USUAL, 6, 5003, 2, Optional.empty());
  }

  @Test
  @Tag("LINEAR-2")
  void biasEqualsItsDefinition() {
    for (int outputs : OUTPUTS) {
      float[] bias = new Numbers(outputs).draw(Numbers.Kind.SPECIAL, outputs);
      product(DType.F32, Numbers.Kind.WIDE, outputs, 33, 3, Optional.of(bias));
    }
  }

  private void product(
      DType dtype, Numbers.Kind kind, int outputs, int columns, int rows, Optional<float[]> bias) {
    Numbers numbers = new Numbers(outputs * 10_000L + columns * 10L + rows);
    float[] w = numbers.draw(kind, outputs * columns);
    float[] x = numbers.draw(kind, rows * columns);
    int skew = numbers.below(8);
    DenseMatrix matrix = new DenseMatrix(Stored.weights("w", dtype, skew, w, outputs, columns));
    sets.agree(
        "%s %s [%d, %d], %d rows, skew %d".formatted(dtype, kind, outputs, columns, rows, skew),
        kernels -> {
          Guarded y = Guarded.empty(6, rows, outputs);
          Guarded from = Guarded.of(3, rows, columns, x);
          kernels.linear(matrix, bias).apply(from.rows(), y.rows());
          from.intact();
          return y.intact();
        });
  }
}
