package touchstone.docs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The rules of {@code docs/spec}, and what the sources say about them: a class that implements a rule
 * names it after {@code @rules} in its comment, a test that would notice if it were broken has it as
 * its tag.
 */
final class Specification {
  private static final Pattern HEADING = Pattern.compile("### ([A-Z][A-Z0-9]*-\\d+)");
  private static final Pattern CLAIM =
      Pattern.compile("^ +\\* +@rules +([A-Z0-9 -]+)$", Pattern.MULTILINE);
  private static final Pattern TAG = Pattern.compile("@Tag\\(\"([A-Z][A-Z0-9]*-\\d+)\"\\)");

  private Specification() {}

  /**
   * A rule as it is written.
   *
   * @param statement its first paragraph
   * @param section all its lines after the heading
   */
  record Rule(String id, Path file, String statement, List<String> section) {}

  static List<Path> files() {
    return Repository.files(Repository.path("docs/spec"), ".md").toList();
  }

  /** All rules in the order in which they are defined; an id that is defined twice stands twice. */
  static List<Rule> rules() {
    List<Rule> rules = new ArrayList<>();
    for (Path file : files()) {
      List<String> lines = Repository.read(file).lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        Matcher heading = HEADING.matcher(lines.get(i));
        if (heading.matches()) {
          List<String> section = section(lines, i + 1);
          rules.add(new Rule(heading.group(1), file, statement(section), section));
        }
      }
    }
    return rules;
  }

  private static List<String> section(List<String> lines, int start) {
    int end = start;
    while (end < lines.size() && !lines.get(end).startsWith("#")) {
      end++;
    }
    return lines.subList(start, end);
  }

  private static String statement(List<String> section) {
    return section.stream()
        .dropWhile(String::isBlank)
        .takeWhile(line -> !line.isBlank())
        .collect(Collectors.joining(" "));
  }

  /** The rules that the index says have no test, with the reason. */
  static Map<String, String> untested() {
    Map<String, String> reasons = new TreeMap<>();
    Markdown.read(Repository.path("docs/spec/README.md"))
        .table("## Untested")
        .forEach(row -> reasons.put(row.get(0), row.get(1)));
    return reasons;
  }

  /** Which files implement each rule. */
  static SequencedMap<String, SequencedSet<Path>> claims() {
    SequencedMap<String, SequencedSet<Path>> claims = new LinkedHashMap<>();
    collect("main", CLAIM, claims);
    collect("test", CLAIM, claims);
    return claims;
  }

  /** Which files test each rule. */
  static SequencedMap<String, SequencedSet<Path>> tests() {
    SequencedMap<String, SequencedSet<Path>> tests = new LinkedHashMap<>();
    collect("test", TAG, tests);
    return tests;
  }

  private static void collect(
      String kind, Pattern pattern, Map<String, SequencedSet<Path>> filesOfRule) {
    Repository.sources(kind)
        .forEach(
            source ->
                pattern
                    .matcher(Repository.read(source))
                    .results()
                    .flatMap(found -> Arrays.stream(found.group(1).strip().split(" +")))
                    .forEach(
                        id ->
                            filesOfRule
                                .computeIfAbsent(id, _ -> new LinkedHashSet<>())
                                .add(source)));
  }
}
