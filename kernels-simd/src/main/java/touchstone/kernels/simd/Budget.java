package touchstone.kernels.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Memory that prepared weights may still take. It is outside the heap and freed with its segments. */
final class Budget {
  private final AtomicLong left;

  Budget(long bytes) {
    left = new AtomicLong(bytes);
  }

  /**
   * Takes memory if so much is left; empty if not, or if the virtual machine has none: it keeps memory
   * outside the heap below {@code -XX:MaxDirectMemorySize}, by default the size of the heap.
   */
  Optional<MemorySegment> allocate(long bytes, long alignment) {
    if (left.getAndUpdate(now -> now >= bytes ? now - bytes : now) < bytes) {
      return Optional.empty();
    }
    try {
      return Optional.of(Arena.ofAuto().allocate(bytes, alignment));
    } catch (OutOfMemoryError _) {
      left.set(0);
      return Optional.empty();
    }
  }
}
