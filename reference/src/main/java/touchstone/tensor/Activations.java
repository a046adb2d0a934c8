package touchstone.tensor;

import java.util.Arrays;
import java.util.Objects;

/**
 * Rows of activations, one row per token, row-major in a part of a float array. Kernels read and
 * write the array directly; row {@code r} starts at {@code start(r)}.
 *
 * @param values the array that holds them
 * @param offset index of the first element
 * @param rows number of rows (tokens)
 * @param columns number of columns (features)
 */
public record Activations(float[] values, int offset, int rows, int columns) {
  public Activations {
    if (rows < 0 || columns < 0) {
      throw new IllegalArgumentException("activations cannot be [%d, %d]".formatted(rows, columns));
    }
    Objects.checkFromIndexSize(offset, Math.multiplyExact(rows, columns), values.length);
  }

  /** Fresh rows of zeros. */
  public static Activations zeros(int rows, int columns) {
    return new Activations(new float[Math.multiplyExact(rows, columns)], 0, rows, columns);
  }

  /** One row that shares the given array. */
  public static Activations row(float... values) {
    return new Activations(values, 0, 1, values.length);
  }

  /** Index of row {@code row} in {@link #values}. */
  public int start(int row) {
    return offset + row * columns;
  }

  /** A view of {@code count} rows from {@code row} on. */
  public Activations rows(int row, int count) {
    Objects.checkFromIndexSize(row, count, rows);
    return new Activations(values, start(row), count, columns);
  }

  /** A copy of the values, without what surrounds them in the array. */
  public float[] toArray() {
    return Arrays.copyOfRange(values, offset, offset + rows * columns);
  }

  /** Refuses a shape other than the one given; both stand in the message. */
  public void requireShape(String what, int expectedRows, int expectedColumns) {
    if (rows != expectedRows || columns != expectedColumns) {
      throw new IllegalArgumentException(
          "%s: expected [%d, %d], got [%d, %d]"
              .formatted(what, expectedRows, expectedColumns, rows, columns));
    }
  }
}
