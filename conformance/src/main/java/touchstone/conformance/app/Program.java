package touchstone.conformance.app;

import java.lang.module.ModuleDescriptor;
import java.util.Optional;

/** This program, for reports. */
final class Program {
  private Program() {}

  /** Its version, as the module has it. */
  static String version() {
    return Optional.ofNullable(Program.class.getModule().getDescriptor())
        .flatMap(ModuleDescriptor::rawVersion)
        .orElse("unversioned");
  }
}
