package touchstone.app.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** Which model directory. */
class ModelOptions {
  private static final String OWN_MODEL = "golden-data/models/murmur-gptq-4bit-32g";

  @Option(
      names = {"-m", "--model"},
      paramLabel = "DIR",
      description = "Model directory. Default: the one in the repository.")
  Path model;

  /** The directory, which exists. */
  final Path directory() {
    return model == null ? ownModel() : existing(model);
  }

  /** A directory that exists. */
  static Path existing(Path model) {
    if (!Files.exists(model)) {
      throw TouchstoneException.of(
          Fault.MISSING, model, "no such directory", "--model takes a folder with a config.json");
    }
    if (!Files.isDirectory(model)) {
      throw TouchstoneException.of(
          Fault.FORMAT, model, "not a directory", "--model takes a folder with a config.json");
    }
    return model;
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
