package touchstone.conformance.lint;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import touchstone.json.StrictJson;

/** The manifest lists every file with its true size, SHA-256 and number of vectors, and all is small. */
final class ManifestCheck {
  /** Most bytes of all files together. */
  static final long MOST_BYTES = 40_000_000;

  private static final List<String> FOLDERS = List.of("blobs", "models", "schemas", "vectors");

  private ManifestCheck() {}

  static JsonNode read(Path root) {
    return StrictJson.read(root.resolve("MANIFEST.json"), StrictJson.TOKENIZER_BYTES);
  }

  static List<String> findings(Path root, List<VectorFile> files) {
    List<String> findings = new ArrayList<>();
    Map<Path, Integer> vectors = new TreeMap<>();
    files.forEach(file -> vectors.put(file.path(), file.vectors().size()));
    JsonNode manifest = read(root);
    Map<String, JsonNode> listed = new TreeMap<>();
    manifest.path("files").properties().forEach(e -> listed.put(e.getKey(), e.getValue()));
    long bytes = 0;
    for (String folder : FOLDERS) {
      for (Path file : VectorFile.below(root.resolve(folder))) {
        String name = root.relativize(file).toString().replace('\\', '/');
        bytes += file.toFile().length();
        JsonNode row = listed.remove(name);
        if (row == null) {
          findings.add("MANIFEST.json: lacks " + name);
        } else if (!isTrue(row, file, vectors.getOrDefault(file, 0))) {
          findings.add("MANIFEST.json: untrue of " + name);
        }
      }
    }
    listed.keySet().forEach(name -> findings.add("MANIFEST.json: there is no " + name));
    requireTotals(manifest, bytes, vectors, findings);
    return findings;
  }

  private static boolean isTrue(JsonNode row, Path file, int vectors) {
    return row.path("bytes").asLong() == file.toFile().length()
        && row.path("vectors").asInt() == vectors
        && row.path("sha256").asText().equals(sha256(file));
  }

  private static void requireTotals(
      JsonNode manifest, long bytes, Map<Path, Integer> vectors, List<String> findings) {
    int count = vectors.values().stream().mapToInt(Integer::intValue).sum();
    if (manifest.path("bytes").asLong() != bytes || manifest.path("vectors").asInt() != count) {
      findings.add("MANIFEST.json: there are %d bytes and %d vectors".formatted(bytes, count));
    }
    if (bytes > MOST_BYTES) {
      findings.add("golden-data: %d bytes, at most %d are allowed".formatted(bytes, MOST_BYTES));
    }
  }

  static String sha256(Path file) {
    try (InputStream in = Files.newInputStream(file);
        DigestInputStream digest =
            new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
      digest.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.getMessageDigest().digest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
