package touchstone.conformance.jmh;

import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.tensor.Activations;

/** The kernel set under test; in the end its results are compared with the definition's. */
@State(Scope.Benchmark)
public class KernelState {
  private static final String DEFINITION = "scalar";

  /** Name of the kernel set. */
  @Param("simd")
  public String kernels;

  /** Threads that compute. */
  @Param("1")
  public int threads;

  private Kernels set;

  /** Opens the set in a numeric mode. */
  Kernels open(Numerics numerics) {
    set = KernelSets.open(kernels, numerics, threads);
    return set;
  }

  /** Ends its threads. */
  @TearDown(Level.Trial)
  public void close() {
    set.close();
  }

  /** Drawn rows, the same every time. */
  static Activations draw(long seed, int rows, int columns) {
    SplittableRandom random = new SplittableRandom(seed);
    Activations values = Activations.zeros(rows, columns);
    for (int i = 0; i < values.values().length; i++) {
      values.values()[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Fails unless the definition gives every bit of the result. */
  static void requireDefined(Numerics numerics, Activations result, Definition definition) {
    try (Kernels scalar = KernelSets.open(DEFINITION, numerics, 1)) {
      Activations expected = definition.compute(scalar);
      float[] found = result.toArray();
      float[] wanted = expected.toArray();
      for (int i = 0; i < wanted.length; i++) {
        if (Float.floatToIntBits(found[i]) != Float.floatToIntBits(wanted[i])) {
          throw new AssertionError(
              "value %d: the definition gives %s, the benchmark had %s"
                  .formatted(i, wanted[i], found[i]));
        }
      }
    }
  }

  /** Computes on the definition what a benchmark computes. */
  @FunctionalInterface
  interface Definition {
    Activations compute(Kernels scalar);
  }
}
