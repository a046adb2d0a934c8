package touchstone.conformance.contract;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import touchstone.tensor.Activations;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;

/** Products with unquantised matrices. */
final class DenseCases {
  /** Around what is taken together, and around what threads share out. */
  private static final int[] OUTPUTS = {1, 2, 3, 4, 5, 7, 8, 13, 29, 64, 67, 131, 200};

  private static final List<DType> TYPES = List.of(DType.F32, DType.F16, DType.BF16);

  private static final float[] INPUTS = {
    1, Float.MIN_VALUE, 0x1.23456p-127f, 0x1.fffffep14f, 0x1p15f, 0x1p16f, 0x1p100f, Float.MAX_VALUE
  };

  private final AgreeingSets sets;

  DenseCases(AgreeingSets sets) {
    this.sets = sets;
  }

  void productEqualsItsDefinition() {
    Numbers choice = new Numbers(1);
    for (DType dtype : TYPES) {
      for (Numbers.Kind kind : Numbers.Kind.values()) {
        for (int columns : Numbers.SIZES) {
          int outputs = OUTPUTS[choice.below(OUTPUTS.length)];
          Numbers.Kind weights = choice.of(Numbers.Kind.values());
          product(dtype, weights, kind, outputs, columns, 1, Optional.empty());
          int rows = Numbers.ROWS[choice.below(Numbers.ROWS.length)];
          product(dtype, kind, kind, outputs, columns, rows, Optional.empty());
        }
      }
    }
  }

  void productEqualsItsDefinitionForEveryNumberOfRowsAndOutputs() {
    for (int rows : Numbers.ROWS) {
      for (int outputs : OUTPUTS) {
        DType dtype = TYPES.get((rows + outputs) % TYPES.size());
        product(dtype, Numbers.Kind.WIDE, Numbers.Kind.WIDE, outputs, 83, rows, Optional.empty());
      }
    }
  }

  /** Every finite weight of 16 bits times inputs that are ordinary, tiny, or large enough to overflow. */
  void everyFiniteHalfEqualsItsDefinition() {
    int columns = 32;
    for (DType dtype : List.of(DType.F16, DType.BF16)) {
      float[] weights = finite(dtype, columns);
      DenseMatrix matrix =
          new DenseMatrix(
              Stored.weights("w", dtype, 1, weights, weights.length / columns, columns));
      for (float value : INPUTS) {
        float[] x = new float[columns];
        for (int i = 0; i < columns; i++) {
          x[i] = i % 3 == 0 ? -value : value;
        }
        sets.agree(
            "linear",
            "all finite %s times %s".formatted(dtype, value),
            kernels -> {
              Guarded y = Guarded.empty(1, 1, matrix.rows());
              kernels
                  .linear(matrix, Optional.empty())
                  .apply(Guarded.of(1, 1, columns, x).rows(), y.rows());
              return y.intact();
            });
      }
    }
  }

  void oneInfiniteWeightAmongFiniteOnesShows() {
    int outputs = 132;
    int columns = 48;
    float[] x = new Numbers(1).draw(Numbers.Kind.USUAL, columns);
    for (DType dtype : TYPES) {
      for (int row : new int[] {0, 63, 64, outputs - 1}) {
        float[] w = new Numbers(row).draw(Numbers.Kind.USUAL, outputs * columns);
        w[row * columns + 17] = row == 64 ? Float.NaN : Float.POSITIVE_INFINITY;
        DenseMatrix matrix = new DenseMatrix(Stored.weights("w", dtype, 0, w, outputs, columns));
        float[] y =
            sets.agree(
                "linear",
                "%s, row %d".formatted(dtype, row),
                kernels -> {
                  Activations result = Activations.zeros(1, outputs);
                  kernels.linear(matrix, Optional.empty()).apply(Activations.row(x), result);
                  return result.toArray();
                });
        if (Float.isFinite(y[row])) {
          throw new AssertionError("the definition hides an infinite weight");
        }
      }
    }
  }

  /** As many as fill whole rows. */
  private static float[] finite(DType dtype, int columns) {
    float[] values = new float[1 << Short.SIZE];
    int count = 0;
    for (int bits = 0; bits < values.length; bits++) {
      float value =
          dtype == DType.F16
              ? Float.float16ToFloat((short) bits)
              : Float.intBitsToFloat(bits << Short.SIZE);
      if (Float.isFinite(value)) {
        values[count++] = value;
      }
    }
    return Arrays.copyOf(values, count - count % columns);
  }

  void longRowsEqualTheirDefinition() {
    product(DType.F16, Numbers.Kind.USUAL, Numbers.Kind.USUAL, 6, 5003, 2, Optional.empty());
    product(DType.BF16, Numbers.Kind.USUAL, Numbers.Kind.USUAL, 6, 5003, 2, Optional.empty());
    product(DType.F32, Numbers.Kind.USUAL, Numbers.Kind.USUAL, 6, 5003, 2, Optional.empty());
  }

  void biasEqualsItsDefinition() {
    for (int outputs : OUTPUTS) {
      float[] bias = new Numbers(outputs).draw(Numbers.Kind.SPECIAL, outputs);
      product(DType.F32, Numbers.Kind.WIDE, Numbers.Kind.WIDE, outputs, 33, 3, Optional.of(bias));
    }
  }

  void aProductForgetsTheOneBefore() {
    for (DType dtype : TYPES) {
      float[] w = new Numbers(3).draw(Numbers.Kind.USUAL, 67 * 83);
      DenseMatrix matrix = new DenseMatrix(Stored.weights("w", dtype, 0, w, 67, 83));
      sets.agree(
          "linear",
          dtype + ", applied again and again",
          kernels -> Repeated.apply(kernels.linear(matrix, Optional.empty()), matrix));
    }
  }

  private void product(
      DType dtype,
      Numbers.Kind weights,
      Numbers.Kind inputs,
      int outputs,
      int columns,
      int rows,
      Optional<float[]> bias) {
    Numbers numbers = new Numbers(outputs * 10_000L + columns * 10L + rows);
    float[] w = numbers.draw(weights, outputs * columns);
    float[] x = numbers.draw(inputs, rows * columns);
    int skew = numbers.below(8);
    DenseMatrix matrix = new DenseMatrix(Stored.weights("w", dtype, skew, w, outputs, columns));
    sets.agree(
        "linear",
        "%s %s [%d, %d] times %s, %d rows, skew %d"
            .formatted(dtype, weights, outputs, columns, inputs, rows, skew),
        kernels -> {
          Guarded y = Guarded.empty(6, rows, outputs);
          Guarded from = Guarded.of(3, rows, columns, x);
          kernels.linear(matrix, bias).apply(from.rows(), y.rows());
          from.unchanged(x);
          return y.intact();
        });
  }
}
