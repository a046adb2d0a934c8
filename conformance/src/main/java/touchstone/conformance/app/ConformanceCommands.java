package touchstone.conformance.app;

import java.util.List;
import touchstone.app.cli.CommandProvider;
import touchstone.app.cli.Terminal;

/** What this module adds to the command line. */
public final class ConformanceCommands implements CommandProvider {
  /** Made by the launcher. */
  public ConformanceCommands() {}

  @Override
  public List<Object> commands(Terminal terminal) {
    return List.of(new VerifyCommand(terminal), new AdapterCommand(terminal));
  }
}
