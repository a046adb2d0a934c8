package touchstone.app.cli;

import picocli.CommandLine.Option;
import touchstone.kernels.KernelSets;

/** Which kernel set is to compute, and on how many threads. */
sealed class SetOptions extends ThreadOptions permits KernelOptions {
  @Option(
      names = "--kernels",
      paramLabel = "SET",
      description = "scalar, simd or auto; all give the same bits. Default: auto.")
  String kernels = KernelSets.AUTO;
}
