package touchstone.kernels;

import java.util.Objects;

/**
 * How a kernel set is to compute. Only {@code numerics} decides results; the rest decides how fast
 * they come.
 *
 * @param numerics the numeric mode
 * @param threads number of threads that compute, the calling one included
 * @param preparedBytes memory that the set may fill with weights rearranged for its own use; weights
 *     beyond are used as they are stored. 0 for none, {@link #UNLIMITED} for all
 */
public record KernelSettings(Numerics numerics, int threads, long preparedBytes) {
  /** Prepare every weight. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  public KernelSettings {
    Objects.requireNonNull(numerics, "numerics");
    if (threads < 1) {
      throw new IllegalArgumentException("at least one thread computes, got " + threads);
    }
    if (preparedBytes < 0) {
      throw new IllegalArgumentException("preparedBytes is 0 or more, got " + preparedBytes);
    }
  }
}
