package touchstone.app.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** Which model directory. */
class ModelOptions {
  private static final String OWN_MODEL = "golden-data/models/pebble-gptq-4bit-32g";

  @Option(
      names = {"-m", "--model"},
      paramLabel = "DIR",
      description = "Model directory. Default: the one in the repository.")
  Path model;

  /** The directory, which exists. */
  final Path directory() {
    if (model == null) {
      return ownModel();
    }
    return require("--model", model);
  }

  /** A model directory that an option names, which exists. */
  static Path require(String option, Path directory) {
    if (!Files.exists(directory)) {
      throw TouchstoneException.of(
          Fault.MISSING,
          directory,
          "no such directory",
          option + " takes a folder with a config.json");
    }
    if (!Files.isDirectory(directory)) {
      throw TouchstoneException.of(
          Fault.FORMAT,
          directory,
          "not a directory",
          option + " takes a folder with a config.json");
    }
    return directory;
  }

  private static Path ownModel() {
    Path home = Path.of(System.getProperty("touchstone.home", ""));
    Path own = home.resolve(OWN_MODEL);
    if (!Files.isDirectory(own)) {
      throw TouchstoneException.of(
          Fault.USAGE,
          "--model",
          "not given, and " + own + " is not there",
          "give a model directory with --model DIR");
    }
    return own;
  }
}
