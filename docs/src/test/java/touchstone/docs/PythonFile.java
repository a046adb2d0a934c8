package touchstone.docs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Python file as the tutorial lets it grow: a definition takes the place of the one of its name, a new one
 * goes above the table of calls, or above the loop where there is no table yet.
 */
final class PythonFile {
  private static final Pattern START =
      Pattern.compile("(?:def (\\w+)|(import|for)\\b|(\\w+)\\b.*? = ).*");
  private static final List<String> LAST = List.of("CALLS", "OPS", "for");

  private Map<String, String> parts = new LinkedHashMap<>();

  /** Puts definitions in. */
  void put(String text) {
    parts(text).forEach(this::put);
  }

  private void put(String name, String part) {
    if (parts.containsKey(name)) {
      parts.put(name, part);
      return;
    }
    Map<String, String> longer = new LinkedHashMap<>();
    int rank = LAST.indexOf(name) < 0 ? 0 : LAST.indexOf(name);
    List<String> after = LAST.subList(rank, LAST.size());
    parts.forEach(
        (other, text) -> {
          if (after.contains(other) && !longer.containsKey(name)) {
            longer.put(name, part);
          }
          longer.put(other, text);
        });
    longer.putIfAbsent(name, part);
    parts = longer;
  }

  /** What stands at the left margin begins a part; imports are one. */
  private static Map<String, String> parts(String text) {
    Map<String, List<String>> parts = new LinkedHashMap<>();
    String name = "";
    for (String line : text.lines().toList()) {
      Matcher start = START.matcher(line);
      if (start.matches()) {
        name =
            start.group(1) != null
                ? start.group(1)
                : start.group(2) != null ? start.group(2) : start.group(3);
      }
      parts.computeIfAbsent(name, _ -> new ArrayList<>()).add(line);
    }
    Map<String, String> joined = new LinkedHashMap<>();
    parts.forEach((key, lines) -> joined.put(key, String.join("\n", lines).strip()));
    return joined;
  }

  /** The file, with two blank lines around functions and one elsewhere. */
  String text() {
    StringBuilder text = new StringBuilder();
    String before = "";
    for (String part : parts.values()) {
      boolean apart = before.startsWith("def") || part.startsWith("def");
      boolean tables = before.startsWith("CALLS") && part.startsWith("OPS");
      text.append(before.isEmpty() || tables ? "" : apart ? "\n\n" : "\n")
          .append(part)
          .append("\n");
      before = part;
    }
    return text.toString();
  }
}
