package touchstone.llama;

import java.util.List;
import java.util.stream.Stream;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.KeyValues;

/**
 * The keys and values of one sequence in all layers, for a fixed number of positions. Results do
 * not depend on how a sequence is cut into forward passes.
 *
 * @rules CACHE-1 CACHE-2 CACHE-3
 */
public final class KeyValueCache {
  private final int capacity;
  private final List<KeyValues> layers;
  private int length;

  KeyValueCache(LlamaConfig config, int capacity) {
    this(config, config.layers(), capacity);
  }

  /** A cache for the first {@code layers} layers only. */
  KeyValueCache(LlamaConfig config, int layers, int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a cache holds at least one position, got " + capacity);
    }
    this.capacity = capacity;
    this.layers =
        Stream.generate(() -> KeyValues.allocate(config.kvHeads(), capacity, config.headDim()))
            .limit(layers)
            .toList();
  }

  /** Number of positions that are filled. */
  public int length() {
    return length;
  }

  /** Number of positions that fit. */
  public int capacity() {
    return capacity;
  }

  /** Forgets everything from {@code length} on, as if it had never been computed. */
  public void truncate(int length) {
    if (length < 0 || length > this.length) {
      throw new IllegalArgumentException(
          "cannot cut a cache of %d positions to %d".formatted(this.length, length));
    }
    this.length = length;
  }

  KeyValues layer(int layer) {
    return layers.get(layer);
  }

  /** Refuses tokens that do not fit, before anything is computed. */
  void requireRoom(int tokens) {
    if (tokens > capacity - length) {
      throw TouchstoneException.of(
          Fault.LIMIT,
          "context",
          "%d more tokens after %d do not fit".formatted(tokens, length),
          "it holds %d positions; shorten the prompt or ask for a longer context"
              .formatted(capacity));
    }
  }

  void advance(int tokens) {
    length += tokens;
  }
}
