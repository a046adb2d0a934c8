package touchstone.conformance.lint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The one way to write a vector file: ASCII; a value stands on one line if it fits into {@value #WIDTH}
 * columns or holds no object and no list; otherwise each member has its own line, indented by two
 * more spaces. Numbers are whole.
 *
 * @source golden-data/generate/suite.py, {@code canonical}
 */
final class CanonicalJson {
  private static final int WIDTH = 140;

  private CanonicalJson() {}

  /** The text of a file, with the line feed at its end. */
  static String file(JsonNode json) {
    return text(json, 0, 0) + "\n";
  }

  /**
   * A value whose first line is indented.
   *
   * @param used columns between the indentation and the value
   */
  private static String text(JsonNode json, int indent, int used) {
    String line = line(json);
    boolean nested = json.valueStream().anyMatch(JsonNode::isContainerNode);
    if (!nested || indent + used + line.length() < WIDTH) { // a column is left for a comma
      return line;
    }
    List<String> rows = new ArrayList<>();
    String pad = " ".repeat(indent + 2);
    if (json instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              member -> {
                String name = quoted(member.getKey()) + ": ";
                rows.add(pad + name + text(member.getValue(), indent + 2, name.length()));
              });
    } else {
      json.forEach(item -> rows.add(pad + text(item, indent + 2, 0)));
    }
    return enclosed(json, "\n" + String.join(",\n", rows) + "\n" + " ".repeat(indent));
  }

  private static String line(JsonNode json) {
    if (json.isTextual()) {
      return quoted(json.textValue());
    }
    if (!json.isContainerNode()) {
      return json.toString();
    }
    List<String> members = new ArrayList<>();
    if (json instanceof ObjectNode object) {
      object.properties().forEach(m -> members.add(quoted(m.getKey()) + ": " + line(m.getValue())));
    } else {
      json.forEach(item -> members.add(line(item)));
    }
    return enclosed(json, String.join(", ", members));
  }

  private static String enclosed(JsonNode json, String inside) {
    return json.isObject() ? "{" + inside + "}" : "[" + inside + "]";
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      quoted.append(escaped(text.charAt(i)));
    }
    return quoted.append('"').toString();
  }

  private static String escaped(char c) {
    return switch (c) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case '\f' -> "\\f";
      case '\b' -> "\\b";
      default -> c >= ' ' && c <= '~' ? String.valueOf(c) : "\\u%04x".formatted((int) c);
    };
  }
}
