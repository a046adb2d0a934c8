package touchstone.conformance.kernels;

import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;

/** Prints the name of the kernel set that {@code auto} opens. */
public final class OpenAuto {
  private OpenAuto() {}

  /** Takes no arguments. */
  public static void main(String[] args) {
    try (Kernels kernels = KernelSets.open(KernelSets.AUTO, Numerics.F32, 1)) {
      System.out.println(kernels.name());
    }
  }
}
