package touchstone.kernels.scalar;

import touchstone.kernels.KernelSettings;
import touchstone.kernels.Kernels;
import touchstone.kernels.KernelsProvider;

/** Offers the scalar kernel set. */
public final class ScalarKernelsProvider implements KernelsProvider {
  @Override
  public String name() {
    return ScalarKernels.NAME;
  }

  @Override
  public Kernels create(KernelSettings settings) {
    return new ScalarKernels(settings.numerics(), settings.threads());
  }
}
