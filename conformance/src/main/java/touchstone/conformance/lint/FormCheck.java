package touchstone.conformance.lint;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files are in canonical form, hold no decimal fractions and name the suite of the manifest. */
final class FormCheck {
  private FormCheck() {}

  static List<String> findings(Path root, List<VectorFile> files) {
    List<String> findings = new ArrayList<>();
    String suite = ManifestCheck.read(root).path("suite").asText();
    for (VectorFile file : files) {
      if (!text(file.path()).equals(CanonicalJson.file(file.json()))) {
        findings.add(file.name() + ": not in canonical form");
      }
      if (hasFraction(file.json())) {
        findings.add(file.name() + ": a number with a fraction; write its bits");
      }
      if (!file.json().path("suite").asText().equals(suite)) {
        findings.add(file.name() + ": not of suite " + suite);
      }
      if (!file.json().path("topic").asText().equals(file.name())) {
        findings.add(file.name() + ": topic " + file.json().path("topic"));
      }
    }
    return findings;
  }

  private static boolean hasFraction(JsonNode json) {
    return json.isFloatingPointNumber() || json.valueStream().anyMatch(FormCheck::hasFraction);
  }

  private static String text(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
