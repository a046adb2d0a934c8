package touchstone.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The machine in words. */
final class BenchMachine {
  private static final Path CPUS = Path.of("/proc/cpuinfo");
  private static final String MODEL = "model name";

  private BenchMachine() {}

  /** The processor's model where the system names it, else its architecture. */
  static String processor() {
    return lines().stream()
        .filter(line -> line.startsWith(MODEL) && line.contains(":"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElseGet(() -> System.getProperty("os.arch"));
  }

  private static List<String> lines() {
    try {
      return Files.isReadable(CPUS) ? Files.readAllLines(CPUS) : List.of();
    } catch (IOException _) {
      return List.of(); // then the architecture has to do
    }
  }

  /** Version and maker. */
  static String java() {
    return "%s (%s)".formatted(Runtime.version(), System.getProperty("java.vendor"));
  }
}
