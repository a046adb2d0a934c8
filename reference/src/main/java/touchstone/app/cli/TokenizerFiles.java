package touchstone.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.synthetic.ModelShape;
import touchstone.tokenizer.Tokenizer;

/** The files of a tokenizer, to be copied into a model directory. */
final class TokenizerFiles {
  private static final String MODEL = "tokenizer.model";
  private static final String JSON = "tokenizer.json";
  private static final List<String> NAMES =
      List.of(MODEL, JSON, "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json");

  private TokenizerFiles() {}

  /**
   * Reads them, after a check that they are a tokenizer with one piece for each id of a shape.
   *
   * @param path a directory, or a tokenizer.model or tokenizer.json under any name
   * @return bytes by the names that a model directory needs
   */
  static Map<String, byte[]> read(Path path, ModelShape shape) {
    boolean json = path.toString().endsWith(".json");
    Map<String, byte[]> files = new LinkedHashMap<>();
    if (Files.isDirectory(path)) {
      requireFit(path, Tokenizer.load(path), shape);
      NAMES.stream()
          .filter(name -> Files.exists(path.resolve(name)))
          .forEach(name -> files.put(name, bytes(path.resolve(name))));
    } else {
      requireFit(path, json ? Tokenizer.ofJsonFile(path) : Tokenizer.ofModelFile(path), shape);
      files.put(json ? JSON : MODEL, bytes(path));
    }
    return files;
  }

  /** What lies beside a model's weights and is not quantised: its tokenizer, how to sample from it. */
  static Map<String, byte[]> besides(Path model) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    Stream.concat(NAMES.stream(), Stream.of("generation_config.json"))
        .filter(name -> Files.exists(model.resolve(name)))
        .forEach(name -> files.put(name, bytes(model.resolve(name))));
    return files;
  }

  private static void requireFit(Path path, Tokenizer tokenizer, ModelShape shape) {
    if (tokenizer.vocab() != shape.vocab()) {
      throw TouchstoneException.of(
          Fault.FORMAT,
          path,
          "a tokenizer of %d ids".formatted(tokenizer.vocab()),
          "%s has %d".formatted(shape.name(), shape.vocab()));
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw TouchstoneException.because(
          Fault.IO, file, "cannot be read: " + e.getMessage(), "check its permissions", e);
    }
  }
}
