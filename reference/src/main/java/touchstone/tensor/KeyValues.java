package touchstone.tensor;

import java.util.Objects;

/**
 * The cached keys and values of one layer. Head {@code h}'s vector at position {@code p} starts at
 * {@code start(h, p)}, so that one head's positions lie one after another and attention streams.
 * Keys are stored after the rotation, values as they are.
 *
 * @param keys [kvHeads, capacity, headDim]
 * @param values [kvHeads, capacity, headDim]
 */
public record KeyValues(float[] keys, float[] values, int kvHeads, int capacity, int headDim) {
  public KeyValues {
    if (kvHeads < 1 || capacity < 0 || headDim < 1) {
      throw new IllegalArgumentException(
          "keys and values cannot be [%d, %d, %d]".formatted(kvHeads, capacity, headDim));
    }
    int size = Math.multiplyExact(Math.multiplyExact(kvHeads, capacity), headDim);
    if (keys.length != size || values.length != size) {
      throw new IllegalArgumentException(
          "keys and values need [%d, %d, %d] = %d floats, got %d and %d"
              .formatted(kvHeads, capacity, headDim, size, keys.length, values.length));
    }
  }

  /** An empty cache for {@code capacity} positions. */
  public static KeyValues allocate(int kvHeads, int capacity, int headDim) {
    int size = Math.multiplyExact(Math.multiplyExact(kvHeads, capacity), headDim);
    return new KeyValues(new float[size], new float[size], kvHeads, capacity, headDim);
  }

  /** Index in both arrays of head {@code kvHead}'s vector at {@code position}. */
  public int start(int kvHead, int position) {
    return (kvHead * capacity + position) * headDim;
  }

  /**
   * Stores the keys and values of consecutive tokens.
   *
   * @param position position of the first row
   * @param k rotated keys [tokens, kvHeads * headDim]
   * @param v values [tokens, kvHeads * headDim]
   */
  public void store(int position, Activations k, Activations v) {
    k.requireShape("k", k.rows(), kvHeads * headDim);
    v.requireShape("v", k.rows(), kvHeads * headDim);
    Objects.checkFromIndexSize(position, k.rows(), capacity);
    for (int row = 0; row < k.rows(); row++) {
      for (int head = 0; head < kvHeads; head++) {
        int target = start(head, position + row);
        System.arraycopy(k.values(), k.start(row) + head * headDim, keys, target, headDim);
        System.arraycopy(v.values(), v.start(row) + head * headDim, values, target, headDim);
      }
    }
  }
}
