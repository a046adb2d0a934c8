package touchstone.kernels.simd;

import java.util.Optional;
import touchstone.kernels.KernelSettings;
import touchstone.kernels.Kernels;
import touchstone.kernels.KernelsProvider;
import touchstone.kernels.MachineLimits;

/** Offers the SIMD kernel set. */
public final class SimdKernelsProvider implements KernelsProvider {
  /**
   * Fails where {@code jdk.incubator.vector} does not resolve (a class path without {@code
   * --add-modules}), so that the service loader passes this set over.
   */
  public SimdKernelsProvider() {
    if (Lanes.COUNT < 1) {
      throw new AssertionError("a vector has lanes");
    }
  }

  @Override
  public String name() {
    return SimdKernels.NAME;
  }

  @Override
  public Kernels create(KernelSettings settings) {
    return new SimdKernels(settings);
  }

  @Override
  public Optional<MachineLimits> limits(int threads) {
    return Optional.of(MeasuredLimits.measure(threads));
  }
}
