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
 * @rules CKPT-3
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

  /** Halves of a row copied to the heap at once: enough to amortise the call, little to allocate. */
  private static final int COPIED_AT_ONCE = 8192;

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
    requireInts();
    return data.get(INT, index * Integer.BYTES);
  }

  /** Copies {@code count} elements from {@code index} on of an I32 or U32 tensor. */
  public void copyInts(long index, int[] target, int offset, int count) {
    requireInts();
    MemorySegment.copy(data, INT, index * Integer.BYTES, target, offset, count);
  }

  private void requireInts() {
    if (dtype != DType.I32 && dtype != DType.U32) {
      throw new IllegalStateException(name + ": " + dtype + " does not hold 32-bit integers");
    }
  }

  /** Copies {@code count} elements from {@code index} on, as floats. */
  public void copyFloats(long index, float[] target, int offset, int count) {
    switch (dtype) {
      case F32 -> MemorySegment.copy(data, FLOAT, index * Float.BYTES, target, offset, count);
      case F16, BF16 -> copyHalves(index, target, offset, count);
      default -> throw new IllegalStateException(name + ": " + dtype + " is not a weight type");
    }
  }

  /** By way of an array, whose loops the compiler turns into vector code; segment reads it does not. */
  private void copyHalves(long index, float[] target, int offset, int count) {
    short[] halves = new short[Math.min(count, COPIED_AT_ONCE)];
    for (int done = 0; done < count; done += halves.length) {
      int part = Math.min(halves.length, count - done);
      MemorySegment.copy(data, SHORT, (index + done) * Short.BYTES, halves, 0, part);
      int start = offset + done;
      if (dtype == DType.F16) {
        for (int i = 0; i < part; i++) {
          target[start + i] = Float.float16ToFloat(halves[i]);
        }
      } else {
        for (int i = 0; i < part; i++) {
          target[start + i] = Float.intBitsToFloat(halves[i] << 16);
        }
      }
    }
  }

  /** All elements as floats; for vectors (norm gains, biases), never for matrices. */
  public float[] toFloats() {
    float[] values = new float[Math.toIntExact(elements())];
    copyFloats(0, values, 0, values.length);
    return values;
  }
}
