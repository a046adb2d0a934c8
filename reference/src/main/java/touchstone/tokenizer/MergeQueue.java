package touchstone.tokenizer;

import java.util.Arrays;

/**
 * Candidate merges, best first: lower rank before higher, then further left before further right.
 * A candidate is one long, {@code rank << 32 | position}, so the order is that of the numbers.
 */
final class MergeQueue {
  private long[] heap = new long[64];
  private int size;

  static int rank(long candidate) {
    return (int) (candidate >>> 32);
  }

  static int position(long candidate) {
    return (int) candidate;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(int rank, int position) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, Math.multiplyExact(size, 2));
    }
    long candidate = (long) rank << 32 | position;
    int hole = size++;
    while (hole > 0 && candidate < heap[(hole - 1) / 2]) {
      heap[hole] = heap[(hole - 1) / 2];
      hole = (hole - 1) / 2;
    }
    heap[hole] = candidate;
  }

  /** Takes the best candidate out; there must be one. */
  long poll() {
    long best = heap[0];
    long last = heap[--size];
    int hole = 0;
    while (2 * hole + 1 < size) {
      int child = 2 * hole + 1;
      if (child + 1 < size && heap[child + 1] < heap[child]) {
        child++;
      }
      if (last <= heap[child]) {
        break;
      }
      heap[hole] = heap[child];
      hole = child;
    }
    heap[hole] = last;
    return best;
  }
}
