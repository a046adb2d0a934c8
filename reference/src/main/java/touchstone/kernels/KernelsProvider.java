package touchstone.kernels;

/** What a module provides to offer a kernel set. */
public interface KernelsProvider {
  /** The name that selects it: {@code scalar}, {@code simd}. */
  String name();

  /**
   * Opens the kernel set.
   *
   * @param threads number of threads that compute, the calling one included; results do not depend
   *     on it
   */
  Kernels create(Numerics numerics, int threads);
}
