package touchstone.conformance.lint;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Ids are slugs below the topic of their file, none stands twice, and none of an earlier version of the
 * suite is gone without being listed as superseded.
 */
final class IdCheck {
  private static final Pattern SLUG = Pattern.compile("[a-z0-9][a-z0-9.-]*");

  private final List<String> findings = new ArrayList<>();
  private final Map<String, String> fileOfId = new HashMap<>();
  private final Map<String, JsonNode> superseded = new HashMap<>();

  private IdCheck() {}

  static List<String> findings(Path root, List<VectorFile> files) {
    IdCheck check = new IdCheck();
    files.forEach(check::add);
    check.superseded.forEach(check::requireSuccessor);
    VectorFile.below(root.resolve("ids")).forEach(check::requireAll);
    return check.findings;
  }

  private void add(VectorFile file) {
    for (JsonNode vector : file.vectors()) {
      String id = VectorFile.id(vector);
      String name = id.startsWith(file.name() + "/") ? id.substring(file.name().length() + 1) : "";
      if (!SLUG.matcher(name).matches()) {
        findings.add("%s: %s is no slug below its topic".formatted(file.name(), id));
      }
      String other = fileOfId.put(id, file.name());
      if (other != null) {
        findings.add("%s: %s stands in %s, too".formatted(file.name(), id, other));
      }
    }
    file.json()
        .path("superseded")
        .properties()
        .forEach(e -> superseded.put(e.getKey(), e.getValue()));
  }

  private void requireSuccessor(String id, JsonNode why) {
    if (fileOfId.containsKey(id)) {
      findings.add(id + ": superseded, and still there");
    }
    if (why.has("by") && !fileOfId.containsKey(why.get("by").asText())) {
      findings.add(
          "%s: superseded by %s, which is not there".formatted(id, why.get("by").asText()));
    }
  }

  private void requireAll(Path version) {
    try {
      for (String id : Files.readAllLines(version)) {
        if (!fileOfId.containsKey(id) && !superseded.containsKey(id)) {
          findings.add(
              "%s: was in %s, and is not listed as superseded"
                  .formatted(id, version.getFileName()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
