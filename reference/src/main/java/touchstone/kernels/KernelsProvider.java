package touchstone.kernels;

/** What a module provides to offer a kernel set. */
public interface KernelsProvider {
  /** The name that selects it: {@code scalar}, {@code simd}. */
  String name();

  /** Opens the kernel set. */
  Kernels create(KernelSettings settings);
}
