package touchstone.app.cli;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.MaxValuesExceededException;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.ITypeInfo;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** Says what is wrong with a command line in the words of every other fault. */
final class UsageFaults {
  private UsageFaults() {}

  /** The fault that picocli found. */
  static TouchstoneException of(ParameterException e) {
    if (e.getCause() instanceof TouchstoneException converter) {
      return converter; // an option's own converter says it better
    }
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    String help = "see " + command + " --help";
    return switch (e) {
      case UnmatchedArgumentException unmatched -> unmatched(unmatched, command, help);
      case MutuallyExclusiveArgsException _ ->
          fault(command, "two options that exclude each other", help, e);
      case OverwrittenOptionException twice ->
          fault(name(twice.getOverwritten()), "given twice", "give it once", e);
      case MaxValuesExceededException _ ->
          fault(command, "an option given twice", "give it once; " + help, e);
      case MissingParameterException missing -> missing(missing, command, help);
      default -> e.getArgSpec() == null ? other(e, command, help) : value(e, help);
    };
  }

  private static TouchstoneException unmatched(
      UnmatchedArgumentException e, String command, String help) {
    List<String> unmatched = e.getUnmatched();
    String first = unmatched.isEmpty() ? "" : unmatched.getFirst();
    if (first.startsWith("-")) {
      return fault(command, "no option is called " + first, suggestion(e, help), e);
    }
    boolean isRoot = e.getCommandLine().getParent() == null;
    return isRoot
        ? fault(command, "no command is called " + first, suggestion(e, help), e)
        : fault(command, "'" + first + "' belongs to no option", help, e);
  }

  private static String suggestion(UnmatchedArgumentException e, String help) {
    return e.getSuggestions().stream()
        .findFirst()
        .map(near -> "did you mean " + near + "? " + help)
        .orElse(help);
  }

  private static TouchstoneException missing(
      MissingParameterException e, String command, String help) {
    List<ArgSpec> missing = e.getMissing();
    if (missing.size() == 1) {
      ArgSpec option = missing.getFirst();
      return fault(name(option), "no value", "it takes a " + option.paramLabel(), e);
    }
    String names = missing.stream().map(UsageFaults::name).collect(Collectors.joining(" or "));
    return fault(command, "nothing to work on", "give " + names + "; " + help, e);
  }

  private static TouchstoneException value(ParameterException e, String help) {
    ArgSpec option = e.getArgSpec();
    String found = e.getValue() == null ? "no value" : "'" + e.getValue() + "'";
    ITypeInfo declared = option.typeInfo();
    Class<?> type =
        declared.isMultiValue()
            ? declared.getAuxiliaryTypeInfos().getFirst().getType()
            : declared.getType();
    String allowed =
        type.isEnum()
            ? Arrays.stream(type.getEnumConstants())
                .map(String::valueOf)
                .collect(Collectors.joining(", ", "one of ", ""))
            : switch (type.getSimpleName()) {
              case "Integer", "Long" -> "a whole number";
              case "Double" -> "a number";
              default -> help;
            };
    return fault(name(option), found, allowed, e);
  }

  private static TouchstoneException other(ParameterException e, String command, String help) {
    return String.valueOf(e.getMessage()).startsWith("Missing required subcommand")
        ? fault(command, "no command given", "for example " + command + " generate; " + help, e)
        : fault(command, e.getMessage(), help, e);
  }

  private static TouchstoneException fault(String where, String found, String cure, Throwable e) {
    return TouchstoneException.because(Fault.USAGE, where, found, cure, e);
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  /** Refuses arguments whose bytes Java could not read, before something else is made of them. */
  static void requireReadable(String... arguments) {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].indexOf('\uFFFD') >= 0) {
        throw TouchstoneException.of(
            Fault.USAGE,
            "argument " + (i + 1),
            "bytes that are no text in this locale (%s)"
                .formatted(System.getProperty("sun.jnu.encoding")),
            "set LC_ALL=C.UTF-8, or give the text in a file");
      }
    }
  }
}
