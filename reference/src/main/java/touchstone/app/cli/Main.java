package touchstone.app.cli;

import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** Runs a command and turns whatever goes wrong into one line and a documented exit code. */
public final class Main {
  /** The exit code of a program whose reader closed the pipe, as a shell reports it. */
  static final int READER_GONE = 141;

  private Main() {}

  /** Entry point of the launcher. */
  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT);
    Terminal terminal = Terminal.system();
    int code = run(terminal, arguments);
    terminal.flush();
    System.exit(code);
  }

  /** Runs a command on a given terminal and returns its exit code. */
  static int run(Terminal terminal, String... arguments) {
    CommandLine line = new CommandLine(new TouchstoneCommand(), new Commands(terminal));
    boolean debug = Arrays.asList(arguments).contains("--debug");
    line.setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(terminal.outWriter())
        .setErr(terminal.errWriter())
        .setColorScheme(terminal.helpColours())
        .setParameterExceptionHandler((e, _) -> usageFault(terminal, e))
        .setExecutionExceptionHandler((e, _, _) -> report(terminal, e, debug));
    try {
      int code = line.execute(arguments);
      terminal.flush();
      return code;
    } catch (Terminal.ReaderGone _) {
      return READER_GONE;
    } catch (RuntimeException | Error e) {
      return report(terminal, e, debug);
    }
  }

  private static int usageFault(Terminal terminal, ParameterException e) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    String message = TouchstoneException.printable(e.getMessage());
    terminal.error("%s (see %s --help)".formatted(message, command.qualifiedName()));
    return Fault.USAGE.exitCode();
  }

  private static int report(Terminal terminal, Throwable thrown, boolean debug) {
    int code =
        switch (thrown) {
          case Terminal.ReaderGone _ -> READER_GONE;
          case TouchstoneException e -> {
            terminal.error(e.getMessage());
            yield e.fault().exitCode();
          }
          case InternalError e when isMappingFault(e) -> {
            terminal.error("a model file was cut short while in use (restore it and run again)");
            yield Fault.CHANGED.exitCode();
          }
          case OutOfMemoryError e -> {
            terminal.error(
                "out of memory: %s (shorten the context, or give Java more with TOUCHSTONE_JAVA_OPTIONS=-Xmx...)"
                    .formatted(e.getMessage()));
            yield Fault.LIMIT.exitCode();
          }
          default -> {
            terminal.error(
                "a mistake in Touchstone: %s (please report it with the output of --debug)"
                    .formatted(TouchstoneException.printable(thrown.toString())));
            yield Fault.INTERNAL.exitCode();
          }
        };
    if (debug) {
      thrown.printStackTrace(terminal.errWriter());
      terminal.errWriter().flush();
    }
    return code;
  }

  /** Java's words for a page of a mapped file that is no longer there. */
  private static boolean isMappingFault(InternalError e) {
    return String.valueOf(e.getMessage()).contains("unsafe memory access");
  }
}
