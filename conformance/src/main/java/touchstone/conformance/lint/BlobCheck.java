package touchstone.conformance.lint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import touchstone.checkpoint.Safetensors;
import touchstone.conformance.suite.ValueJson;

/**
 * Tensors in blobs: each file is named by its SHA-256, each tensor that is referred to is there, and
 * none is there that nothing refers to. Inline tensors are small and have as many words as elements.
 */
final class BlobCheck {
  private static final List<String> TYPES = List.of("f16", "bf16", "f32", "f64", "i32");
  private static final String ENDING = ".safetensors";

  private final List<String> findings = new ArrayList<>();
  private final Map<String, Set<String>> tensorsOfBlob = new TreeMap<>();

  private BlobCheck() {}

  static List<String> findings(Path root, List<VectorFile> files) {
    BlobCheck check = new BlobCheck();
    files.forEach(file -> check.visit(file.name(), file.json()));
    Path folder = root.resolve("blobs");
    check.requireFiles(folder);
    VectorFile.below(folder).forEach(check::requireUsed);
    return check.findings;
  }

  private void visit(String where, JsonNode json) {
    if (json.path("blob").isTextual()) {
      tensorsOfBlob
          .computeIfAbsent(json.get("blob").textValue(), _ -> new TreeSet<>())
          .add(json.path("tensor").asText());
    } else if (json.path("bits").isTextual()) {
      requireElements(where, json);
    }
    json.forEach(child -> visit(where, child));
  }

  private void requireElements(String where, JsonNode tensor) {
    JsonNode shape = tensor.path(TYPES.stream().filter(tensor::has).findFirst().orElse(""));
    long elements = 1;
    for (JsonNode extent : shape) {
      elements *= extent.asLong();
    }
    String bits = tensor.get("bits").textValue();
    long words = bits.isEmpty() ? 0 : bits.split(" ").length;
    if (elements != words || elements > ValueJson.MOST_INLINE) {
      findings.add("%s: a tensor of shape %s with %d words".formatted(where, shape, words));
    }
  }

  private void requireFiles(Path folder) {
    tensorsOfBlob.forEach(
        (blob, names) -> {
          Path file = folder.resolve(blob + ENDING);
          if (!file.toFile().isFile()) {
            findings.add("blobs: no file " + blob);
            return;
          }
          if (!ManifestCheck.sha256(file).equals(blob)) {
            findings.add("blobs: " + blob + " has another SHA-256");
          }
          requireTensors(file, names);
        });
  }

  private void requireTensors(Path file, Set<String> names) {
    try (Safetensors tensors = Safetensors.open(file)) {
      Set<String> there = new TreeSet<>(tensors.tensors().keySet());
      names.stream()
          .filter(name -> !there.contains(name))
          .forEach(n -> findings.add("blobs: no tensor %s in %s".formatted(n, file.getFileName())));
      there.stream()
          .filter(name -> !names.contains(name))
          .forEach(n -> findings.add("blobs: unused: %s in %s".formatted(n, file.getFileName())));
    }
  }

  private void requireUsed(Path file) {
    String name = file.getFileName().toString();
    if (!name.endsWith(ENDING)
        || !tensorsOfBlob.containsKey(name.substring(0, name.length() - ENDING.length()))) {
      findings.add("blobs: nothing refers to " + name);
    }
  }
}
