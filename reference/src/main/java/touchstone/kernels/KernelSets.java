package touchstone.kernels;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** Finds the kernel sets that are installed and opens one by name. */
public final class KernelSets {
  /** The name that means: the fastest one that works here. */
  public static final String AUTO = "auto";

  private static final List<String> FASTEST_FIRST = List.of("simd", "scalar");

  private KernelSets() {}

  /** Opens a kernel set that may prepare every weight; see {@link #open(String, KernelSettings)}. */
  public static Kernels open(String name, Numerics numerics, int threads) {
    return open(name, new KernelSettings(numerics, threads, KernelSettings.UNLIMITED));
  }

  /**
   * Opens a kernel set.
   *
   * @param name {@code scalar}, {@code simd} or {@code auto}
   * @throws TouchstoneException if there is no such set, naming those there are
   */
  public static Kernels open(String name, KernelSettings settings) {
    Map<String, KernelsProvider> installed = installed();
    Stream<String> wanted = name.equals(AUTO) ? FASTEST_FIRST.stream() : Stream.of(name);
    return wanted
        .filter(installed::containsKey)
        .findFirst()
        .map(found -> installed.get(found).create(settings))
        .orElseThrow(
            () ->
                TouchstoneException.of(
                    Fault.USAGE,
                    "--kernels",
                    "no kernel set is called '" + name + "'",
                    "installed: "
                        + String.join(", ", installed.keySet())
                        + "; auto takes the fastest"));
  }

  /**
   * Measures what the machine can do at most with a number of threads, whichever set computes; empty
   * if no installed set has the means to.
   */
  public static Optional<MachineLimits> limits(int threads) {
    return installed().values().stream().flatMap(set -> set.limits(threads).stream()).findFirst();
  }

  /** The installed sets by name. A provider whose module does not resolve here is left out. */
  private static Map<String, KernelsProvider> installed() {
    Map<String, KernelsProvider> found = new LinkedHashMap<>();
    ServiceLoader.load(KernelsProvider.class).stream()
        .forEach(
            provider -> {
              try {
                KernelsProvider set = provider.get();
                found.put(set.name(), set);
              } catch (ServiceConfigurationError _) {
                // The SIMD set on a class path without jdk.incubator.vector ends here.
              }
            });
    return found;
  }
}
