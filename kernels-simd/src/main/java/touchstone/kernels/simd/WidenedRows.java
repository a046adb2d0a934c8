package touchstone.kernels.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import touchstone.tensor.Tensor;

/**
 * Copies runs of an F32, F16 or BF16 tensor out as floats. One instance serves one thread.
 *
 * <p>Stored bytes are always copied to an array before vectors touch them: when a mapped file is
 * cut short, a copy throws an InternalError that can be caught, but compiled vector loads straight
 * from the mapping end the whole virtual machine.
 */
final class WidenedRows {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int CHUNK = 1024;

  private final short[] halves = new short[CHUNK];

  /** Copies {@code count} elements from {@code index} on to the start of the target. */
  void copy(Tensor tensor, long index, float[] target, int count) {
    switch (tensor.dtype()) {
      case F32 -> MemorySegment.copy(tensor.data(), FLOAT, index * Float.BYTES, target, 0, count);
      case F16, BF16 -> {
        for (int start = 0; start < count; start += CHUNK) {
          int size = Math.min(CHUNK, count - start);
          long from = (index + start) * Short.BYTES;
          MemorySegment.copy(tensor.data(), SHORT, from, halves, 0, size);
          widen(tensor, target, start, size);
        }
      }
      default -> throw new IllegalStateException(tensor.dtype() + " is not a weight type");
    }
  }

  /**
   * Whether no 16-bit element is infinite or NaN.
   *
   * @param infinity bits of infinity in the tensor's type
   */
  boolean isFinite(Tensor tensor, long index, int count, int infinity) {
    int special = 0;
    for (int start = 0; start < count; start += CHUNK) {
      int size = Math.min(CHUNK, count - start);
      long from = (index + start) * Short.BYTES;
      MemorySegment.copy(tensor.data(), SHORT, from, halves, 0, size);
      for (int i = 0; i < size; i++) {
        special |=
            (halves[i] & infinity) - infinity >> 31 ^ -1; // all ones where the exponent is full
      }
    }
    return special == 0;
  }

  private void widen(Tensor tensor, float[] target, int start, int size) {
    switch (tensor.dtype()) {
      case F16 -> {
        for (int i = 0; i < size; i++) {
          target[start + i] = Float.float16ToFloat(halves[i]);
        }
      }
      default -> {
        for (int i = 0; i < size; i++) {
          target[start + i] = Float.intBitsToFloat(halves[i] << 16);
        }
      }
    }
  }
}
