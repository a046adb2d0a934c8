package touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import touchstone.golden.GoldenData;
import touchstone.json.StrictJson;

/** Rows of test vectors, and the files they are for. */
final class Vectors {
  private Vectors() {}

  /** A shared file; the test that asks for it is skipped where it is absent. */
  static Path shared(String relative) {
    Optional<Path> file = GoldenData.shared(relative);
    assumeTrue(
        file.isPresent(), "needs " + relative + " in the shared data (touchstone.shared.data)");
    return file.orElseThrow();
  }

  /** The rows of a JSON-lines file, of which there must be this many. */
  static List<JsonNode> rows(Path file, int count) {
    List<JsonNode> rows = rows(file);
    assertThat(rows).as("rows of %s", file).hasSize(count);
    return rows;
  }

  /** The rows of a JSON-lines file. */
  static List<JsonNode> rows(Path file) {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : text(file).split("\n")) {
      rows.add(
          StrictJson.parse(
              file + ": line " + (rows.size() + 1), line.getBytes(StandardCharsets.UTF_8)));
    }
    return rows;
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int[] ids(JsonNode array) {
    assertThat(array.isArray()).as("an array of ids").isTrue();
    int[] ids = new int[array.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = array.get(i).intValue();
    }
    return ids;
  }
}
