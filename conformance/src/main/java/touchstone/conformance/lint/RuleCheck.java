package touchstone.conformance.lint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Every rule that a vector names is one of the specification. */
final class RuleCheck {
  private RuleCheck() {}

  static List<String> findings(List<VectorFile> files, Set<String> rules) {
    List<String> findings = new ArrayList<>();
    for (VectorFile file : files) {
      for (JsonNode vector : file.vectors()) {
        VectorFile.texts(vector.path("rules")).stream()
            .filter(rule -> !rules.contains(rule))
            .forEach(rule -> findings.add("%s: no rule %s".formatted(VectorFile.id(vector), rule)));
      }
    }
    return findings;
  }
}
