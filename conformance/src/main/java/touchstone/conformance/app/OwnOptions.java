package touchstone.conformance.app;

import java.nio.file.Path;
import java.util.List;
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
  private static final int FEW = 3;

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
                    "docs/mutants.md lists them: " + nearest()));
  }

  /** Those that share a word with what was asked for; if none does, how all begin. */
  private String nearest() {
    List<String> words = List.of(mutant.split("-"));
    List<String> all = Catalogue.mutants().stream().map(Mutant::id).sorted().toList();
    List<String> alike =
        all.stream()
            .filter(id -> List.of(id.split("-")).stream().anyMatch(words::contains))
            .toList();
    return String.join(", ", alike.isEmpty() ? all.subList(0, FEW) : alike) + ", ...";
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
