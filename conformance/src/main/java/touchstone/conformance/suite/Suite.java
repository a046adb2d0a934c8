package touchstone.conformance.suite;

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
 * All golden vectors of a folder, in the order in which they are asked: what others build on comes
 * first.
 *
 * @param version of the vectors, SemVer
 * @param root the folder golden-data, absolute
 * @param vectors in order
 * @param files what their tensors lie in
 */
public record Suite(String version, Path root, List<Vector> vectors, TensorFiles files)
    implements AutoCloseable {
  private static final String SCHEMA = "suite.v1.json";

  public Suite {
    vectors = List.copyOf(vectors);
  }

  /** Reads the vectors below {@code root/vectors}. */
  public static Suite open(Path root) {
    Path folder = root.toAbsolutePath().normalize();
    TensorFiles files = new TensorFiles();
    VectorReader reader = new VectorReader(folder, new ValueJson(files));
    List<Vector> vectors = new ArrayList<>();
    String version = "";
    try (Stream<Path> found = Files.walk(folder.resolve("vectors"))) {
      for (Path file : found.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        JsonNode json = StrictJson.read(file, StrictJson.TOKENIZER_BYTES);
        if (json.path("schema").asText().equals(SCHEMA)) {
          vectors.addAll(reader.read(file, json));
          version = json.path("suite").asText();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Suite(version, folder, vectors, files);
  }

  @Override
  public void close() {
    files.close();
  }
}
