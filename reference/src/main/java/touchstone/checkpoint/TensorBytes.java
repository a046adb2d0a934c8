package touchstone.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import touchstone.tensor.Tensor;

/** Compares stored tensors byte by byte. */
final class TensorBytes {
  private static final int CHUNK = 1 << 16;

  private TensorBytes() {}

  /**
   * Whether two tensors have the same type, shape and bytes. The bytes are copied to the heap in
   * pieces: {@link MemorySegment#mismatch} on a mapping ends the JVM if the file is cut short.
   */
  static boolean equal(Tensor a, Tensor b) {
    if (a.dtype() != b.dtype() || !a.shape().equals(b.shape())) {
      return false;
    }
    byte[] left = new byte[CHUNK];
    byte[] right = new byte[CHUNK];
    long size = a.data().byteSize();
    for (long at = 0; at < size; at += CHUNK) {
      int count = Math.toIntExact(Math.min(CHUNK, size - at));
      MemorySegment.copy(a.data(), at, MemorySegment.ofArray(left), 0, count);
      MemorySegment.copy(b.data(), at, MemorySegment.ofArray(right), 0, count);
      if (!Arrays.equals(left, 0, count, right, 0, count)) {
        return false;
      }
    }
    return true;
  }
}
