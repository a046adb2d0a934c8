package touchstone.app.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.ServiceLoader;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.UsageMessageSpec;
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
    Runtime.getRuntime().addShutdownHook(new Thread(terminal::leave));
    System.exit(run(terminal, arguments));
  }

  /** Runs a command on a given terminal and returns its exit code. */
  static int run(Terminal terminal, String... arguments) {
    boolean debug = Arrays.asList(arguments).contains("--debug");
    try {
      UsageFaults.requireReadable(arguments);
      int code = commandLine(terminal, debug).execute(arguments);
      terminal.flush();
      return code;
    } catch (Terminal.ReaderGone _) {
      return READER_GONE;
    } catch (RuntimeException | Error e) {
      return report(terminal, e, debug);
    }
  }

  private static CommandLine commandLine(Terminal terminal, boolean debug) {
    CommandLine line = new CommandLine(new TouchstoneCommand(), new Commands(terminal));
    for (CommandProvider provider : ServiceLoader.load(CommandProvider.class)) {
      provider.commands(terminal).forEach(line::addSubcommand);
    }
    line.addSubcommand(GenerateCompletion.class).addSubcommand(HelpCommand.class);
    for (CommandLine command : line.getSubcommands().values()) {
      command.getHelpSectionMap().remove(UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST_HEADING);
      command.getHelpSectionMap().remove(UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST);
    }
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .setExpandAtFiles(false)
        .setOut(terminal.outWriter())
        .setErr(terminal.errWriter())
        .setColorScheme(terminal.helpColours())
        .setParameterExceptionHandler((e, _) -> report(terminal, UsageFaults.of(e), debug))
        .setExecutionExceptionHandler((e, _, _) -> report(terminal, e, debug));
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
            terminal.error("model: a file was cut short while in use (restore it and run again)");
            yield Fault.CHANGED.exitCode();
          }
          case OutOfMemoryError e -> {
            terminal.error(
                "memory: %s (shorten the context, or give Java more with TOUCHSTONE_JAVA_OPTIONS=-Xmx...)"
                    .formatted(e.getMessage()));
            yield Fault.LIMIT.exitCode();
          }
          default -> {
            terminal.error(
                "touchstone: a mistake of its own: %s (please report it with the output of --debug)"
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
