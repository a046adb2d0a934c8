package touchstone.conformance.app;

import java.time.Duration;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import touchstone.conformance.door.ProcessRuntime;
import touchstone.conformance.door.Words;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.conformance.suite.Suite;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** How a runtime is reached. */
final class DoorOptions {
  private static final int PATIENCE_SECONDS = 120;
  private static final int MOST_PATIENCE = 86400;

  @ArgGroup Door door;

  /** One of these. */
  static final class Door {
    @Option(
        names = "--adapter",
        paramLabel = "COMMAND",
        description = "A program that speaks the protocol of docs/adapter-protocol.md.")
    String adapter;
  }

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      description = "Longest time for one answer. Default: 120.")
  int patience = PATIENCE_SECONDS;

  /** Opens the door. */
  RuntimeUnderTest open(Suite suite) {
    if (patience < 1 || patience > MOST_PATIENCE) {
      throw TouchstoneException.of(
          Fault.USAGE, "--patience", String.valueOf(patience), "between 1 and " + MOST_PATIENCE);
    }
    requireDoor();
    return ProcessRuntime.start(
        new ProcessRuntime.Settings(
            Words.of(door.adapter), suite.root(), suite.version(), Duration.ofSeconds(patience)));
  }

  private void requireDoor() {
    if (door == null) {
      throw TouchstoneException.of(
          Fault.USAGE,
          "touchstone verify",
          "no runtime given",
          "give --adapter; see touchstone verify --help");
    }
  }

  /** What reports call it. */
  String name() {
    return "adapter";
  }

  /** The command that opens it again. */
  String command() {
    return "touchstone verify --adapter " + quoted(door.adapter);
  }

  static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./:=@,+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
