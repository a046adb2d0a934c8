package touchstone.conformance.mutant;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The generated parts of docs/mutants.md: what stands between a mark and its end. */
final class MutantsPage {
  private static final Map<Mutant.Group, String> HEADINGS =
      Map.of(
          Mutant.Group.WEIGHTS, "Decoding of quantised weights",
          Mutant.Group.ARITHMETIC, "Arithmetic of the forward pass",
          Mutant.Group.TEXT, "Tokenisation and prompts",
          Mutant.Group.SAMPLING, "From logits to a token",
          Mutant.Group.STOPPING, "When a continuation ends",
          Mutant.Group.QUANTISER, "Quantising");

  private MutantsPage() {}

  /** The page with its generated parts brought up to date. */
  static String of(String page, KillTable table) {
    String mutants =
        Stream.of(Mutant.Group.values())
            .map(group -> section(group, table))
            .collect(Collectors.joining("\n"));
    return replaced(replaced(page, "mutants", mutants), "variants", variants());
  }

  private static String replaced(String page, String part, String content) {
    String begin = "<!-- %s -->\n".formatted(part);
    String end = "<!-- end of %s -->".formatted(part);
    int from = page.indexOf(begin) + begin.length();
    return page.substring(0, from) + content + page.substring(page.indexOf(end, from));
  }

  private static String section(Mutant.Group group, KillTable table) {
    Map<String, KillTable.Line> lines =
        table.lines().stream()
            .collect(Collectors.toMap(KillTable.Line::mutant, Function.identity()));
    String rows =
        Catalogue.mutants().stream()
            .filter(mutant -> mutant.group() == group)
            .map(mutant -> row(mutant, table, lines.get(mutant.id())))
            .collect(Collectors.joining());
    return """
        ### %s

        | mutant | what is wrong | how it shows | typical cause | failed vectors |
        |---|---|---|---|---|
        %s"""
        .formatted(HEADINGS.get(group), rows);
  }

  private static String row(Mutant mutant, KillTable table, KillTable.Line line) {
    return "| `%s` | %s | %s | %s%s | %s |\n"
        .formatted(
            mutant.id(),
            cell(mutant.title()),
            cell(mutant.symptom()),
            cell(mutant.cause()),
            links(mutant.links()),
            line == null ? "" : failed(table, line));
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;").replace("_", "\\_");
  }

  private static String links(List<String> links) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < links.size(); i++) {
      text.append(" [%d](%s)".formatted(i + 1, links.get(i)));
    }
    return text.toString();
  }

  private static String failed(KillTable table, KillTable.Line line) {
    Iterator<String> calls = table.calls().iterator();
    String byCall =
        line.failed().stream()
            .map(count -> calls.next() + " " + count)
            .filter(text -> !text.endsWith(" 0"))
            .collect(Collectors.joining(", "));
    return "%d: %s; first `%s`".formatted(line.total(), byCall, line.first());
  }

  private static String variants() {
    return """
        | variant | what is done otherwise | who computes so | profile |
        |---|---|---|---|
        %s"""
        .formatted(
            Catalogue.variants().stream()
                .map(
                    variant ->
                        "| `%s` | %s | %s | `%s` |\n"
                            .formatted(
                                variant.id(),
                                cell(variant.title()),
                                cell(variant.user()),
                                variant.profile().label()))
                .collect(Collectors.joining()));
  }
}
