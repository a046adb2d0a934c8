package touchstone.app.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The root command. */
@Command(
    name = "touchstone",
    description = "A reference implementation of Llama-2 with GPTQ, exact to the bit.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = TouchstoneCommand.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    abbreviateSynopsis = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "  0:done; of verify: the runtime conforms",
      "  1:of verify: it does not conform, or the list of known failures is stale",
      "  2:a flag or argument makes no sense",
      " 65:a file is damaged, contradicts another or is not supported",
      " 66:an input does not exist",
      " 70:a mistake in Touchstone",
      " 73:an output cannot be created",
      " 74:reading or writing failed",
      " 76:a runtime under test does not speak as agreed",
      " 77:an input may not be read",
      " 78:a configuration value is out of range",
      " 79:beyond a limit, such as the context",
      " 80:no room left on the disk",
      " 82:a model file changed while in use",
      "130:interrupted by Ctrl-C",
      "141:whoever read the output closed it"
    },
    subcommands = {
      GenerateCommand.class,
      ChatCommand.class,
      TokenizeCommand.class,
      DetokenizeCommand.class,
      InspectCommand.class,
      LogitsCommand.class,
      QuantizeCommand.class,
      SynthCommand.class,
      BenchCommand.class,
      PerplexityCommand.class,
      BranchesCommand.class
    })
final class TouchstoneCommand {
  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print a stack trace with an error.")
  boolean debug;

  /** Reads the version from the module. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"touchstone " + number()};
    }

    static String number() {
      return Version.class.getModule().getDescriptor().rawVersion().orElse("unversioned");
    }
  }
}
