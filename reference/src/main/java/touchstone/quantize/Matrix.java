package touchstone.quantize;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import touchstone.kernels.Kernels;
import touchstone.kernels.ThreadTeam;
import touchstone.tensor.Activations;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.Tensor;

/**
 * A matrix of floats in memory, row-major, that is written as well as read. Its bytes serve as those
 * of a stored tensor, which are little-endian, as the processors are that run Java's Vector API.
 *
 * @param values [rows, columns]
 * @param rows number of rows
 * @param columns number of columns
 */
record Matrix(float[] values, int rows, int columns) {
  Matrix {
    Objects.checkFromIndexSize(0, Math.multiplyExact(rows, columns), values.length);
  }

  /** A matrix of zeros. */
  static Matrix zeros(int rows, int columns) {
    return new Matrix(new float[Math.multiplyExact(rows, columns)], rows, columns);
  }

  /** Index of an element in {@link #values}. */
  int index(int row, int column) {
    return row * columns + column;
  }

  float at(int row, int column) {
    return values[index(row, column)];
  }

  /** A copy of rows {@code rowFrom} to {@code rowTo}, columns {@code from} to {@code to}. */
  Matrix block(int rowFrom, int rowTo, int from, int to, ThreadTeam team) {
    Matrix block = zeros(rowTo - rowFrom, to - from);
    team.split(
        block.rows,
        (first, end) -> {
          for (int row = first; row < end; row++) {
            int start = index(rowFrom + row, from);
            System.arraycopy(values, start, block.values, block.index(row, 0), block.columns);
          }
        });
    return block;
  }

  /** A copy of rows {@code from} to {@code to}. */
  Matrix rows(int from, int to) {
    return new Matrix(Arrays.copyOfRange(values, index(from, 0), index(to, 0)), to - from, columns);
  }

  /** The first {@code count} rows as a weight. */
  DenseMatrix weight(int count) {
    long bytes = (long) count * columns * Float.BYTES;
    return new DenseMatrix(
        new Tensor(
            "matrix",
            DType.F32,
            List.of((long) count, (long) columns),
            MemorySegment.ofArray(values).asSlice(0, bytes)));
  }

  /** Rows {@code from} to {@code to} as activations. */
  Activations activations(int from, int to) {
    return new Activations(values, index(from, 0), to - from, columns);
  }

  /** {@code this * otherT}, every element a dot product of two rows. */
  Matrix timesTransposed(Matrix other, Kernels kernels) {
    Matrix product = zeros(rows, other.rows);
    kernels
        .linear(other.weight(other.rows), Optional.empty())
        .apply(activations(0, rows), product.activations(0, rows));
    return product;
  }

  /** {@code target[at + j] = target[at + j] - factor * source[from + j]}, two roundings. */
  static void subtract(float factor, float[] source, int from, float[] target, int at, int count) {
    for (int j = 0; j < count; j++) {
      target[at + j] -= factor * source[from + j];
    }
  }
}
