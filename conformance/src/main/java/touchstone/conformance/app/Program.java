package touchstone.conformance.app;

import java.lang.module.ModuleDescriptor;
import java.nio.file.Path;
import java.util.Optional;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.golden.GoldenData;

/** This program: its version, and its data. */
final class Program {
  private Program() {}

  /** Its version, as the module has it. */
  static String version() {
    return Optional.ofNullable(Program.class.getModule().getDescriptor())
        .flatMap(ModuleDescriptor::rawVersion)
        .orElse("unversioned");
  }

  /** The golden data: where a person says it lies, or where the launcher knows it. */
  static Path goldenData(Path chosen) {
    if (chosen != null) {
      return chosen;
    }
    try {
      return GoldenData.root();
    } catch (IllegalStateException e) {
      throw TouchstoneException.because(
          Fault.MISSING, "golden-data", "not found", "name its folder with --golden DIR", e);
    }
  }
}
