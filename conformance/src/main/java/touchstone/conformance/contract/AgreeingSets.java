package touchstone.conformance.contract;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;

/** The definition on one thread, and kernel sets that must equal it, all in one numeric mode. */
public final class AgreeingSets implements AutoCloseable {
  private final Kernels definition;
  private final Map<String, Kernels> sets;

  /**
   * Opens the definition.
   *
   * @param sets by what messages call them; closed with this
   */
  public AgreeingSets(Numerics mode, Map<String, Kernels> sets) {
    sets.forEach(
        (name, set) -> {
          if (set.numerics() != mode) {
            throw new IllegalArgumentException(
                "%s computes in mode %s, not %s".formatted(name, set.numerics(), mode));
          }
        });
    this.definition = KernelSets.open("scalar", mode, 1);
    this.sets = new LinkedHashMap<>(sets);
  }

  /**
   * Runs an operation on every set and asserts that all results have the same bits.
   *
   * @param operation its name, for the message
   * @param what the case, for the message
   * @param run makes its own arguments, so that no set sees what another wrote
   * @return what they agree on
   * @throws AssertionError that names set, mode, operation, case and element
   */
  public float[] agree(String operation, String what, Function<Kernels, float[]> run) {
    float[] expected = run.apply(definition);
    sets.forEach((name, set) -> requireEqual(name, set, operation + ", " + what, expected, run));
    return expected;
  }

  private static void requireEqual(
      String name, Kernels set, String what, float[] expected, Function<Kernels, float[]> run) {
    String place = "%s in mode %s: %s: ".formatted(name, set.numerics(), what);
    String difference;
    try {
      difference = Bits.difference(expected, run.apply(set));
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(place + e, e);
    }
    if (!difference.isEmpty()) {
      throw new AssertionError(place + difference);
    }
  }

  /** Runs a check on every set, the definition included. */
  void each(BiConsumer<String, Kernels> check) {
    check.accept("the definition", definition);
    sets.forEach(check);
  }

  @Override
  public void close() {
    definition.close();
    sets.values().forEach(Kernels::close);
  }
}
