package touchstone.kernels;

import java.util.Optional;

/** What a module provides to offer a kernel set. */
public interface KernelsProvider {
  /** The name that selects it: {@code scalar}, {@code simd}. */
  String name();

  /** Opens the kernel set. */
  Kernels create(KernelSettings settings);

  /**
   * Measures what the machine can do at most with a number of threads, in about a second; empty if
   * this provider has no means to.
   */
  default Optional<MachineLimits> limits(int threads) {
    return Optional.empty();
  }
}
