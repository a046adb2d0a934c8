package touchstone.conformance.kernels;

import java.util.function.Consumer;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;

/** Runs a check on each kernel set in turn. */
final class EverySet {
  static final String[] NAMES = {"scalar", "simd"};

  private EverySet() {}

  static void check(Numerics numerics, Consumer<Kernels> check) {
    for (String name : NAMES) {
      try (Kernels kernels = KernelSets.open(name, numerics, 2)) {
        check.accept(kernels);
      }
    }
  }
}
