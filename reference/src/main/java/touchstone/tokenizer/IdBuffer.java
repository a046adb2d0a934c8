package touchstone.tokenizer;

import java.util.Arrays;

/** A growing list of token ids. */
final class IdBuffer {
  private int[] ids = new int[64];
  private int size;

  void add(int id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, Math.multiplyExact(size, 2));
    }
    ids[size++] = id;
  }

  int size() {
    return size;
  }

  int get(int index) {
    return ids[index];
  }

  int[] toArray() {
    return Arrays.copyOf(ids, size);
  }
}
