package touchstone.docs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A guide: as much of Markdown as these guides use.
 *
 * @param blocks its fenced blocks, in order
 */
record Markdown(Path file, List<String> lines, List<Block> blocks) {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern COMMENT = Pattern.compile("<!-- (.*) -->");

  /**
   * A fenced block.
   *
   * @param line of its fence, from 1
   * @param info what follows the fence: {@code sh}, {@code java}
   * @param comment the HTML comment on the line before it; empty if there is none
   */
  record Block(Path file, int line, String info, String comment, String text) {
    String place() {
      return Repository.root().relativize(file) + ":" + line;
    }
  }

  static Markdown read(Path file) {
    List<String> lines = Repository.read(file).lines().toList();
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("```")) {
        int end = i + 1;
        while (!lines.get(end).equals("```")) {
          end++;
        }
        String text = String.join("\n", lines.subList(i + 1, end)) + "\n";
        blocks.add(
            new Block(file, i + 1, lines.get(i).substring(3), commentBefore(lines, i), text));
        i = end;
      }
    }
    return new Markdown(file, lines, List.copyOf(blocks));
  }

  private static String commentBefore(List<String> lines, int fence) {
    int before = fence - 1;
    while (before >= 0 && lines.get(before).isBlank()) {
      before--;
    }
    return before < 0
        ? ""
        : COMMENT
            .matcher(lines.get(before))
            .results()
            .map(it -> it.group(1))
            .findFirst()
            .orElse("");
  }

  /** The lines outside fenced blocks, without what stands in backquotes. */
  Stream<String> prose() {
    List<String> prose = new ArrayList<>();
    boolean fenced = false;
    for (String line : lines) {
      fenced ^= line.startsWith("```");
      if (!fenced && !line.startsWith("```")) {
        prose.add(line.replaceAll("(?<!\\[)`[^`]*`(?!\\])", ""));
      }
    }
    return prose.stream();
  }

  /** The targets of all links. */
  Stream<String> links() {
    return LINK.matcher(String.join("\n", prose().toList()))
        .results()
        .map((MatchResult it) -> it.group(1));
  }

  /** The anchors of all headings, as Git hosts make them. */
  Stream<String> anchors() {
    return prose()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
        .map(title -> title.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'));
  }

  /** The cells of the table rows below a heading. */
  List<List<String>> table(String heading) {
    int at = lines.indexOf(heading);
    if (at < 0) {
      throw new AssertionError(file + " has no heading " + heading);
    }
    List<List<String>> rows = new ArrayList<>();
    for (String line : lines.subList(at + 1, lines.size())) {
      if (line.startsWith("#")) {
        break;
      }
      if (line.startsWith("|")) {
        rows.add(Stream.of(line.substring(1).split("\\|")).map(String::strip).toList());
      }
    }
    return rows.size() < 2 ? List.of() : rows.subList(2, rows.size());
  }
}
