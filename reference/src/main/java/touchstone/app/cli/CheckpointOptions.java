package touchstone.app.cli;

import picocli.CommandLine.Option;

/** Which model directory, and how its files are to be read. */
final class CheckpointOptions extends ModelOptions {
  @Option(
      names = "--strict",
      description = "Refuse what is otherwise only warned about, such as mislabelled files.")
  boolean strict;
}
