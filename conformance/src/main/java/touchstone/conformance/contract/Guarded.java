package touchstone.conformance.contract;

import java.util.Arrays;
import touchstone.tensor.Activations;

/**
 * Activations somewhere inside a larger array whose other elements hold a value that no operation
 * writes. An operation that reaches past its results is caught.
 */
public record Guarded(Activations rows) {
  private static final int GUARD_BITS = 0xc0de_cafe;
  private static final int BEHIND = 37;

  /** Rows that still hold the guard value everywhere, so that an unwritten result shows too. */
  public static Guarded empty(int offset, int rows, int columns) {
    float[] values = new float[offset + rows * columns + BEHIND];
    Arrays.fill(values, Float.intBitsToFloat(GUARD_BITS));
    return new Guarded(new Activations(values, offset, rows, columns));
  }

  /** Rows with the given elements. */
  public static Guarded of(int offset, int rows, int columns, float[] elements) {
    Guarded guarded = empty(offset, rows, columns);
    System.arraycopy(elements, 0, guarded.rows.values(), offset, rows * columns);
    return guarded;
  }

  /** The rows, once it is sure that nothing around them was touched. */
  public float[] intact() {
    float[] values = rows.values();
    int end = rows.offset() + rows.rows() * rows.columns();
    for (int i = 0; i < values.length; i++) {
      boolean outside = i < rows.offset() || i >= end;
      if (outside && Float.floatToRawIntBits(values[i]) != GUARD_BITS) {
        throw new AssertionError(
            "element %d, outside [%d, %d), was overwritten".formatted(i, rows.offset(), end));
      }
    }
    return rows.toArray();
  }

  /** Asserts that an operation left an argument as it was, and all around it. */
  public void unchanged(float[] elements) {
    String difference = Bits.difference(elements, intact());
    if (!difference.isEmpty()) {
      throw new AssertionError("an argument was changed: " + difference);
    }
  }
}
