package touchstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/**
 * A stored tensor: row-major, little-endian, anywhere in memory or in a mapped file. Nothing is
 * assumed about alignment: safetensors does not promise any.
 *
 * @param name its name in the checkpoint, for messages
 * @param dtype element type
 * @param shape extents, outermost first; empty for a scalar
 * @param data exactly {@code elements() * dtype.bytes()} bytes
 */
public record Tensor(String name, DType dtype, List<Long> shape, MemorySegment data) {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  public Tensor {
    Objects.requireNonNull(name, "name");
    shape = List.copyOf(shape);
    long bytes = Math.multiplyExact(elements(shape), dtype.bytes());
    if (bytes != data.byteSize()) {
      throw new IllegalArgumentException(
          "%s: %s %s needs %d bytes, got %d".formatted(name, dtype, shape, bytes, data.byteSize()));
    }
  }

  private static long elements(List<Long> shape) {
    long elements = 1;
    for (long extent : shape) {
      elements = Math.multiplyExact(elements, extent);
    }
    return elements;
  }

  /** Number of elements: the product of the shape, 1 for a scalar. */
  public long elements() {
    return elements(shape);
  }

  /** Element {@code index} of an F32, F16 or BF16 tensor; exact, since each fits a float. */
  public float floatAt(long index) {
    return switch (dtype) {
      case F32 -> data.get(FLOAT, index * Float.BYTES);
      case F16 -> Float.float16ToFloat(data.get(SHORT, index * Short.BYTES));
      case BF16 -> Float.intBitsToFloat(data.get(SHORT, index * Short.BYTES) << 16);
      default -> throw new IllegalStateException(name + ": " + dtype + " is not a weight type");
    };
  }

  /** Element {@code index} of an F64 tensor, or of any weight type. */
  public double doubleAt(long index) {
    return dtype == DType.F64 ? data.get(DOUBLE, index * Double.BYTES) : floatAt(index);
  }

  /** Element {@code index} of an I32 or U32 tensor, as its 32 bits. */
  public int intAt(long index) {
    if (dtype != DType.I32 && dtype != DType.U32) {
      throw new IllegalStateException(name + ": " + dtype + " does not hold 32-bit integers");
    }
    return data.get(INT, index * Integer.BYTES);
  }

  /** Copies {@code count} elements from {@code index} on, as floats. */
  public void copyFloats(long index, float[] target, int offset, int count) {
    for (int i = 0; i < count; i++) {
      target[offset + i] = floatAt(index + i);
    }
  }

  /** All elements as floats; for vectors (norm gains, biases), never for matrices. */
  public float[] toFloats() {
    float[] values = new float[Math.toIntExact(elements())];
    copyFloats(0, values, 0, values.length);
    return values;
  }
}
