package touchstone.kernels.simd;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory that prepared weights may still take. It is outside the heap, where the virtual machine keeps
 * below {@code -XX:MaxDirectMemorySize}, by default the size of the heap.
 */
final class Budget {
  private final AtomicLong left;

  Budget(long bytes) {
    left = new AtomicLong(bytes);
  }

  /** Takes {@code bytes} if so many are left. */
  boolean take(long bytes) {
    return left.getAndUpdate(now -> now >= bytes ? now - bytes : now) >= bytes;
  }

  /** Nothing more is to be had, whatever was allowed. */
  void exhaust() {
    left.set(0);
  }
}
