package touchstone.conformance.app;

import java.nio.file.Path;
import picocli.CommandLine.Option;
import touchstone.conformance.own.OwnRuntime;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.kernels.KernelSets;

/** Touchstone as a runtime under test. */
final class OwnOptions {
  @Option(
      names = "--kernels",
      paramLabel = "SET",
      description = "Of Touchstone itself: scalar, simd or auto. Default: auto.")
  String kernels;

  RuntimeUnderTest open(Path goldenData) {
    int threads = Runtime.getRuntime().availableProcessors();
    return OwnRuntime.open(goldenData, kernels == null ? KernelSets.AUTO : kernels, threads);
  }

  /** Whether a person chose any of them. */
  boolean areGiven() {
    return kernels != null;
  }

  /** The options again. */
  String again() {
    return kernels == null ? "" : " --kernels " + kernels;
  }
}
