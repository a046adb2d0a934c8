package touchstone.docs;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import touchstone.json.StrictJson;

/** Which golden vectors test which rules. */
final class GoldenRules {
  private static final String SCHEMA = "suite.v1.json";
  private static final Path FOLDER = Repository.path("golden-data/vectors");

  /** Most vectors of one kind that are named, and not counted. */
  private static final int FEW = 3;

  private GoldenRules() {}

  /**
   * A vector, as far as rules go.
   *
   * @param file where it stands
   */
  record Tagged(String id, Path file, boolean required, List<String> rules) {}

  /** All vectors, by file. */
  static List<Tagged> vectors() {
    List<Tagged> vectors = new ArrayList<>();
    Repository.files(FOLDER, ".json")
        .forEach(
            file -> {
              JsonNode json = StrictJson.read(file, StrictJson.TOKENIZER_BYTES);
              if (json.path("schema").asText().equals(SCHEMA)) {
                json.path("groups")
                    .forEach(
                        group -> group.path("vectors").forEach(v -> vectors.add(tagged(v, file))));
              }
            });
    return vectors;
  }

  private static Tagged tagged(JsonNode vector, Path file) {
    List<String> rules = new ArrayList<>();
    vector.path("rules").forEach(rule -> rules.add(rule.asText()));
    boolean required = vector.path("level").asText().equals("required");
    return new Tagged(vector.path("id").asText(), file, required, rules);
  }

  /** The vectors of each rule. */
  static Map<String, List<Tagged>> byRule() {
    Map<String, List<Tagged>> byRule = new TreeMap<>();
    for (Tagged vector : vectors()) {
      vector.rules().forEach(r -> byRule.computeIfAbsent(r, _ -> new ArrayList<>()).add(vector));
    }
    return byRule;
  }

  /** Rules that the index says no required vector tests, with the reason. */
  static Map<String, String> untested() {
    Map<String, String> reasons = new TreeMap<>();
    Markdown.read(Repository.path("docs/spec/README.md"))
        .table("## Without a required vector")
        .forEach(
            row -> List.of(row.get(0).split(", ")).forEach(rule -> reasons.put(rule, row.get(1))));
    return reasons;
  }

  /** The vectors as links: few by name, others as their file or folder and their number. */
  static String links(Path from, List<Tagged> vectors) {
    SequencedMap<String, List<Tagged>> kinds = new LinkedHashMap<>();
    for (Tagged vector : vectors) {
      String kind = vector.id().substring(0, vector.id().indexOf('/'));
      kinds.computeIfAbsent(kind, _ -> new ArrayList<>()).add(vector);
    }
    List<String> links = new ArrayList<>();
    kinds.forEach((kind, members) -> links.addAll(links(from, kind, members)));
    return String.join(", ", links);
  }

  private static List<String> links(Path from, String kind, List<Tagged> vectors) {
    if (vectors.size() <= FEW) {
      return vectors.stream()
          .map(v -> "[%s](%s)".formatted(v.id(), Repository.link(from, v.file())))
          .toList();
    }
    Path file = vectors.getFirst().file();
    if (vectors.stream().allMatch(v -> v.file().equals(file))) {
      String topic = vectors.getFirst().id().replaceFirst("/[^/]*$", "");
      return List.of(link(from, topic, file, vectors.size()));
    }
    return List.of(link(from, kind, FOLDER.resolve(kind), vectors.size()));
  }

  private static String link(Path from, String what, Path to, int count) {
    return "[%s](%s) (%d)".formatted(what, Repository.link(from, to), count);
  }
}
