package touchstone.conformance.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.RuntimeDescription;

/**
 * What a runtime says of itself, as JSON.
 *
 * <pre>
 * {"runtime": {"name": "...", "version": "...", "language": "...", "homepage": "..."},
 *  "capabilities": ["tokenize", ...], "profile": "f32", "limits": {"maxTokens": 1024}}
 * </pre>
 *
 * {@code homepage}, {@code limits} and {@code maxTokens} may be absent.
 */
final class DescriptionJson {
  private DescriptionJson() {}

  static RuntimeDescription read(String where, JsonNode json) throws ProtocolException {
    Fields all = Fields.of(where, json, Set.of("runtime", "capabilities", "profile", "limits"));
    Fields runtime =
        Fields.of(
            where + ": runtime",
            all.get("runtime"),
            Set.of("name", "version", "language", "homepage"));
    JsonNode limits = all.has("limits") ? all.get("limits") : JsonNodeFactory.instance.objectNode();
    try {
      return new RuntimeDescription(
          runtime.text("name"),
          runtime.text("version"),
          runtime.text("language"),
          runtime.optionalText("homepage"),
          calls(where, all.texts("capabilities")),
          profile(where, all.text("profile")),
          Fields.of(where + ": limits", limits, Set.of("maxTokens")).optionalCount("maxTokens"));
    } catch (IllegalArgumentException e) {
      throw new ProtocolException(where + ": " + e.getMessage(), e);
    }
  }

  private static Set<String> calls(String where, Set<String> capabilities)
      throws ProtocolException {
    Set<String> unknown = new TreeSet<>(capabilities);
    unknown.removeAll(Calls.names());
    if (!unknown.isEmpty()) {
      throw new ProtocolException(
          "%s: no calls are named %s; there are %s".formatted(where, unknown, Calls.names()));
    }
    return capabilities;
  }

  private static NumericProfile profile(String where, String label) throws ProtocolException {
    List<String> labels =
        Arrays.stream(NumericProfile.values()).map(NumericProfile::label).toList();
    return NumericProfile.of(label)
        .orElseThrow(
            () ->
                new ProtocolException(
                    "%s: no profile is called %s; there are %s".formatted(where, label, labels)));
  }

  static ObjectNode write(RuntimeDescription description) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ObjectNode runtime =
        json.putObject("runtime")
            .put("name", description.name())
            .put("version", description.version())
            .put("language", description.language());
    description.homepage().ifPresent(homepage -> runtime.put("homepage", homepage));
    new TreeSet<>(description.capabilities()).forEach(json.putArray("capabilities")::add);
    json.put("profile", description.profile().label());
    ObjectNode limits = json.putObject("limits");
    description.maxTokens().ifPresent(most -> limits.put("maxTokens", most));
    return json;
  }
}
