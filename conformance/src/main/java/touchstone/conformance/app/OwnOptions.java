package touchstone.conformance.app;

import java.nio.file.Path;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;
import touchstone.conformance.mutant.Catalogue;
import touchstone.conformance.mutant.Mutant;
import touchstone.conformance.own.OwnRuntime;
import touchstone.conformance.own.Seams;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.kernels.KernelSets;

/** Touchstone as a runtime under test. */
final class OwnOptions {
  @Option(
      names = "--kernels",
      paramLabel = "SET",
      description = "Of Touchstone itself: scalar, simd or auto. Default: auto.")
  String kernels;

  @Option(
      names = "--mutant",
      paramLabel = "ID",
      description = "Touchstone with a known mistake, to see what a report says of it.")
  String mutant;

  RuntimeUnderTest open(Path goldenData) {
    int threads = Runtime.getRuntime().availableProcessors();
    return OwnRuntime.open(
        goldenData, kernels == null ? KernelSets.AUTO : kernels, threads, seams());
  }

  private Seams seams() {
    if (mutant == null) {
      return Seams.NONE;
    }
    return Catalogue.mutants().stream()
        .filter(known -> known.id().equals(mutant))
        .findFirst()
        .map(Mutant::seams)
        .orElseThrow(
            () ->
                TouchstoneException.of(
                    Fault.USAGE,
                    "--mutant",
                    "no mistake is called '" + mutant + "'",
                    "one of " + all()));
  }

  private static String all() {
    return Catalogue.mutants().stream().map(Mutant::id).sorted().collect(Collectors.joining(", "));
  }

  /** Whether a person chose any of them. */
  boolean areGiven() {
    return kernels != null || mutant != null;
  }

  /** The options again. */
  String again() {
    return (kernels == null ? "" : " --kernels " + kernels)
        + (mutant == null ? "" : " --mutant " + mutant);
  }
}
