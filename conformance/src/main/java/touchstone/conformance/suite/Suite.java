package touchstone.conformance.suite;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import touchstone.checkpoint.Sha256;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
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
  /** Where a topic begins to depend on others; what is not named here comes last. */
  private static final List<String> ORDER =
      List.of(
          "tokenizer",
          "checkpoint",
          "gptq",
          "operation",
          "probes",
          "logits",
          "decode",
          "batch",
          "logprobs",
          "next",
          "generate",
          "sampling",
          "chat",
          "profiles",
          "synthetic");

  private static final String SCHEMA = "suite.v1.json";
  private static final String MANIFEST = "MANIFEST.json";

  public Suite {
    vectors = List.copyOf(vectors);
    Set<String> ids = new HashSet<>();
    for (Vector vector : vectors) {
      if (!ids.add(vector.id())) {
        throw new IllegalArgumentException("two vectors are called " + vector.id());
      }
    }
  }

  /**
   * Reads the vectors below {@code root/vectors}.
   *
   * @throws TouchstoneException MISSING if there are none
   */
  public static Suite open(Path root) {
    Path folder = root.toAbsolutePath().normalize();
    TensorFiles files = new TensorFiles();
    VectorReader reader = new VectorReader(folder, new ValueJson(files));
    List<Vector> vectors = new ArrayList<>();
    String version = "";
    for (Path file : vectorFiles(folder)) {
      JsonNode json = StrictJson.read(file, StrictJson.TOKENIZER_BYTES);
      if (json.path("schema").asText().equals(SCHEMA)) {
        vectors.addAll(reader.read(file, json));
        version = json.path("suite").asText();
      }
    }
    if (vectors.isEmpty()) {
      throw missing(folder);
    }
    vectors.sort(Comparator.comparingInt(vector -> rank(vector.section())));
    return new Suite(version, folder, vectors, files);
  }

  private static List<Path> vectorFiles(Path folder) {
    Path vectors = folder.resolve("vectors");
    if (!Files.isDirectory(vectors)) {
      throw missing(folder);
    }
    try (Stream<Path> found = Files.walk(vectors)) {
      return found.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TouchstoneException missing(Path folder) {
    return TouchstoneException.of(
        Fault.MISSING,
        folder,
        "no golden vectors",
        "name the folder golden-data of a checkout with --golden");
  }

  private static int rank(String section) {
    int place = ORDER.indexOf(section);
    return place < 0 ? ORDER.size() : place;
  }

  /** What pins every file of the golden data: the SHA-256 of its manifest, if it has one. */
  public Optional<String> manifest() {
    Path manifest = root.resolve(MANIFEST);
    return Files.exists(manifest) ? Optional.of(Sha256.of(manifest)) : Optional.empty();
  }

  @Override
  public void close() {
    files.close();
  }
}
