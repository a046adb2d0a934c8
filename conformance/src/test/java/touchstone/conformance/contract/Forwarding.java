package touchstone.conformance.contract;

import touchstone.conformance.mutant.KernelsView;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Numerics;

/** A right kernel set, for one operation to be got wrong. */
class Forwarding extends KernelsView {
  Forwarding() {
    super(KernelSets.open("scalar", Numerics.F32, 1));
  }

  @Override
  public String name() {
    return "forwarding";
  }
}
