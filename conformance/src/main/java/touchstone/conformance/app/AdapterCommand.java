package touchstone.conformance.app;

import java.nio.file.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import touchstone.app.cli.Terminal;
import touchstone.conformance.door.ProtocolServer;
import touchstone.conformance.runtime.RuntimeUnderTest;

/** Touchstone at the other end of the process protocol. */
@Command(
    name = "adapter",
    customSynopsis = "touchstone adapter [OPTIONS]",
    description = "Answer the adapter protocol on standard input and output.")
final class AdapterCommand implements Runnable {
  @ArgGroup(validate = false)
  OwnOptions own = new OwnOptions();

  @Option(
      names = "--golden",
      paramLabel = "DIR",
      description = "Where the golden data lies. Default: golden-data of the checkout.")
  Path golden;

  private final Terminal terminal;

  AdapterCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (RuntimeUnderTest runtime = own.open(Program.goldenData(golden))) {
      ProtocolServer.serve(runtime, terminal.in(), terminal.out());
    }
  }
}
