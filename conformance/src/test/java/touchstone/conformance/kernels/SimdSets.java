package touchstone.conformance.kernels;

import java.util.LinkedHashMap;
import java.util.Map;
import touchstone.conformance.contract.AgreeingSets;
import touchstone.kernels.KernelSets;
import touchstone.kernels.KernelSettings;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;

/** Everything here that must equal the definition on one thread. */
final class SimdSets {
  private static final int[] THREADS = {1, 2, 3, 7};
  private static final int SCALAR_THREADS = 3;
  private static final long AS_STORED = 0;

  private SimdSets() {}

  /** For operations without weights that could be prepared. */
  static AgreeingSets of(Numerics mode) {
    return new AgreeingSets(mode, open(mode, KernelSettings.UNLIMITED));
  }

  /** With weights prepared and with weights as they are stored. */
  static AgreeingSets withWeights(Numerics mode) {
    return new AgreeingSets(mode, openWithWeights(mode));
  }

  static Map<String, Kernels> openWithWeights(Numerics mode) {
    return open(mode, KernelSettings.UNLIMITED, AS_STORED);
  }

  private static Map<String, Kernels> open(Numerics mode, long... preparedBytes) {
    Map<String, Kernels> sets = new LinkedHashMap<>();
    sets.put(
        "scalar on %d threads".formatted(SCALAR_THREADS),
        KernelSets.open("scalar", mode, SCALAR_THREADS));
    for (int threads : THREADS) {
      for (long bytes : preparedBytes) {
        sets.put(
            "simd on %d threads, %s"
                .formatted(threads, bytes == AS_STORED ? "as stored" : "prepared"),
            KernelSets.open("simd", new KernelSettings(mode, threads, bytes)));
      }
    }
    return sets;
  }
}
