package touchstone.kernels.scalar;

import touchstone.kernels.Kernels;
import touchstone.kernels.KernelsProvider;
import touchstone.kernels.Numerics;

/** Offers the scalar kernel set. */
public final class ScalarKernelsProvider implements KernelsProvider {
  @Override
  public String name() {
    return ScalarKernels.NAME;
  }

  @Override
  public Kernels create(Numerics numerics, int threads) {
    return new ScalarKernels(numerics, threads);
  }
}
