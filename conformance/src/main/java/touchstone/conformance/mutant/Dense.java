package touchstone.conformance.mutant;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.Tensor;
import touchstone.tensor.WeightMatrix;

/** Makes matrices of weights that a deviation gets wrong. */
final class Dense {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Dense() {}

  /** What the weights are. */
  @FunctionalInterface
  interface Weights {
    float at(int row, int column);
  }

  /** A matrix [rows, columns]. */
  static DenseMatrix of(int rows, int columns, Weights weights) {
    float[] values = new float[Math.multiplyExact(rows, columns)]; // [rows, columns]
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        values[row * columns + column] = weights.at(row, column);
      }
    }
    MemorySegment data = MemorySegment.ofArray(new byte[values.length * Float.BYTES]);
    MemorySegment.copy(values, 0, data, FLOAT, 0, values.length);
    return new DenseMatrix(
        new Tensor("deviant", DType.F32, List.of((long) rows, (long) columns), data));
  }

  /** Rows of a matrix, of any layout, in another order. */
  static DenseMatrix rows(WeightMatrix matrix, int[] rows) {
    return of(rows.length, matrix.columns(), (row, column) -> matrix.dequantise(rows[row], column));
  }
}
