package touchstone.app.cli;

import java.util.List;

/** What a module adds to the command line, found as a service. */
@FunctionalInterface
public interface CommandProvider {
  /**
   * The commands in the order of the help text, each annotated for picocli. Results go to the given
   * terminal; faults are {@link touchstone.error.TouchstoneException}s; a command that is a {@code
   * Callable} of a number ends with it as the exit code.
   */
  List<Object> commands(Terminal terminal);
}
