package touchstone.conformance.lint;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import touchstone.json.StrictJson;

/**
 * A file of vectors.
 *
 * @param path where it lies
 * @param name the path below the folder of vectors, without its ending
 * @param json what stands in it
 */
record VectorFile(Path path, String name, JsonNode json) {
  private static final String SCHEMA = "suite.v1.json";
  private static final String ENDING = ".json";

  /** All files of vectors below golden-data, by path; other data that lies among them is passed over. */
  static List<VectorFile> all(Path root) {
    Path folder = root.resolve("vectors");
    List<VectorFile> files = new ArrayList<>();
    for (Path path : below(folder)) {
      if (path.toString().endsWith(ENDING)) {
        JsonNode json = StrictJson.read(path, StrictJson.TOKENIZER_BYTES);
        String name = folder.relativize(path).toString().replace('\\', '/');
        if (json.path("schema").asText().equals(SCHEMA)) {
          files.add(new VectorFile(path, name.substring(0, name.length() - ENDING.length()), json));
        }
      }
    }
    return files;
  }

  /** All files below a folder, by path; none where there is no such folder. */
  static List<Path> below(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> found = Files.walk(folder)) {
      return found.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<JsonNode> vectors() {
    List<JsonNode> vectors = new ArrayList<>();
    for (JsonNode group : json.path("groups")) {
      group.path("vectors").forEach(vectors::add);
    }
    return vectors;
  }

  static String id(JsonNode vector) {
    return vector.path("id").asText();
  }

  static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(item -> texts.add(item.asText()));
    return texts;
  }
}
