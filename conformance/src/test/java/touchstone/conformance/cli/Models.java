package touchstone.conformance.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import touchstone.golden.GoldenData;
import touchstone.json.StrictJson;

/** The model of the repository, and copies of it. */
final class Models {
  static final Path PEBBLE = GoldenData.path("models/pebble-gptq-4bit-32g");

  private Models() {}

  static Path copyOfPebble(Path directory) {
    return copy(PEBBLE, directory);
  }

  static Path copy(Path model, Path directory) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(model)) {
      Files.createDirectories(directory);
      for (Path file : files) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void change(Path file, Consumer<ObjectNode> change) {
    try {
      ObjectNode node = (ObjectNode) StrictJson.read(file, StrictJson.CONFIG_BYTES);
      change.accept(node);
      Files.writeString(file, node.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode json(String text) {
    return StrictJson.parse("output", text.getBytes(StandardCharsets.UTF_8));
  }

  static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).intValue();
    }
    return values;
  }
}
