package touchstone.app.cli;

import picocli.CommandLine.Option;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;

/** How to compute. */
final class KernelOptions {
  private static final int MOST_THREADS = 1024;

  @Option(
      names = "--kernels",
      paramLabel = "SET",
      defaultValue = KernelSets.AUTO,
      description = "Kernel set: scalar, simd or auto. All give the same bits. Default: auto.")
  String kernels;

  @Option(
      names = "--numerics",
      paramLabel = "MODE",
      defaultValue = "f32",
      description =
          "f32, or int8: activations rounded to 8 bits before quantised matrices. Default: f32.")
  Numerics numerics;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute; results do not depend on it. Default: all processors.")
  Integer threads;

  Kernels open() {
    int team = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    if (team < 1 || team > MOST_THREADS) {
      throw TouchstoneException.of(
          Fault.USAGE, "--threads", String.valueOf(team), "between 1 and " + MOST_THREADS);
    }
    return KernelSets.open(kernels, numerics, team);
  }
}
