package touchstone.app.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** The directory that a command writes. */
final class OutOption {
  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "The directory to write: a new one, or an empty one.")
  private Path out;

  /** The directory; it must have been given. */
  Path required() {
    if (out == null) {
      throw TouchstoneException.of(
          Fault.USAGE, "--out", "not given", "give the directory to write");
    }
    return out;
  }
}
