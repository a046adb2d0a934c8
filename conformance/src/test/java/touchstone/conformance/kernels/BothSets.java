package touchstone.conformance.kernels;

import static org.assertj.core.api.Assertions.fail;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import touchstone.kernels.KernelSets;
import touchstone.kernels.KernelSettings;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;

/** The definition on one thread, and everything that must equal it. */
final class BothSets implements AutoCloseable {
  private static final int[] THREADS = {1, 2, 3, 7};
  private static final int SCALAR_THREADS = 3;
  private static final long AS_STORED = 0;

  private final Kernels definition;
  private final Map<String, Kernels> others = new LinkedHashMap<>();

  private BothSets(Numerics numerics, long... preparedBytes) {
    definition = KernelSets.open("scalar", numerics, 1);
    others.put("scalar", KernelSets.open("scalar", numerics, SCALAR_THREADS));
    for (int threads : THREADS) {
      for (long bytes : preparedBytes) {
        others.put(
            "simd on %d threads, %s"
                .formatted(threads, bytes == AS_STORED ? "as stored" : "prepared"),
            KernelSets.open("simd", new KernelSettings(numerics, threads, bytes)));
      }
    }
  }

  /** All sets, for operations without weights that could be prepared. */
  static BothSets of(Numerics numerics) {
    return new BothSets(numerics, KernelSettings.UNLIMITED);
  }

  /** All sets, with weights prepared and with weights as they are stored. */
  static BothSets withWeights(Numerics numerics) {
    return new BothSets(numerics, KernelSettings.UNLIMITED, AS_STORED);
  }

  /**
   * Runs an operation on every set and asserts that all results have the same bits.
   *
   * @param what the case, for the message
   * @param operation makes its own arguments, so that no set sees what another wrote
   * @return what they agree on
   */
  float[] agree(String what, Function<Kernels, float[]> operation) {
    float[] expected = operation.apply(definition);
    others.forEach(
        (name, set) -> {
          String difference = Bits.difference(expected, operation.apply(set));
          if (!difference.isEmpty()) {
            fail("%s %s, %s: %s".formatted(name, set.numerics(), what, difference));
          }
        });
    return expected;
  }

  @Override
  public void close() {
    definition.close();
    others.values().forEach(Kernels::close);
  }
}
