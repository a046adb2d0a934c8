package touchstone.conformance.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import touchstone.kernels.KernelSets;
import touchstone.kernels.KernelSettings;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;

/** The definition on one thread, and everything that must equal it. */
final class BothSets implements AutoCloseable {
  private static final List<Integer> THREADS = List.of(1, 2, 3, 7);

  private static final long NOTHING_PREPARED = 0;

  private final Kernels definition;
  private final List<Kernels> others;

  BothSets(Numerics numerics) {
    definition = KernelSets.open("scalar", numerics, 1);
    others =
        Stream.concat(
                Stream.of(
                    KernelSets.open("scalar", numerics, 3),
                    KernelSets.open("simd", new KernelSettings(numerics, 2, NOTHING_PREPARED))),
                THREADS.stream().map(threads -> KernelSets.open("simd", numerics, threads)))
            .toList();
  }

  /**
   * Runs an operation on every set and asserts that all results have the same bits.
   *
   * @param what the case, for the message
   * @param operation makes its own arguments, so that no set sees what another wrote
   */
  void agree(String what, Function<Kernels, float[]> operation) {
    float[] expected = operation.apply(definition);
    for (Kernels set : others) {
      String difference = Bits.difference(expected, operation.apply(set));
      assertThat(difference)
          .as("%s %s on %d threads, %s", set.name(), set.numerics(), set.threads(), what)
          .isEmpty();
    }
  }

  @Override
  public void close() {
    definition.close();
    others.forEach(Kernels::close);
  }
}
