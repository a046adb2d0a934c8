package touchstone.conformance.diagnosis;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import touchstone.conformance.diagnosis.DiagnosisMeasurement.Outcome;
import touchstone.conformance.diagnosis.DiagnosisMeasurement.Row;

/** The page docs/diagnosis.md. */
record DiagnosisPage(
    Map<String, List<Row>> singles, Map<String, Row> references, Map<String, List<Row>> pairs) {
  private static final String HEAD =
      """
      # Diagnosis: which known mistake is it?

      When a runtime fails, `touchstone verify` runs every known mistake on the same few questions and names the one that
      answers as the runtime does ([how](decisions/0017-mistakes-run-when-they-are-needed.md)). This page says how often that
      is right. It is generated; the rows are in [data/diagnosis-single.csv](data/diagnosis-single.csv) and
      [data/diagnosis-pairs.csv](data/diagnosis-pairs.csv).

      Each mistake is served once through each door. *files* has all answers, as files and processes give them; *logprobs* has
      log-probabilities of tokens and of the likeliest next ones, rounded to four decimals, greedy continuations and token
      ids, as servers give them. The second word is the profile whose rounding is put on top: every number is moved, at
      random, by up to the largest error that honest runs of the profile showed.

      | door | right | same answers | invisible | wrong | none | right or same, of those visible | reference |
      |---|---|---|---|---|---|---|---|
      """;

  private static final String WORDS =
      """

      *Same answers*: another mistake is named first, and it answers the same as the served one, within the bound, on every
      question; both are named together. *Invisible*: the served mistake answers as the reference does, within the bound, on
      every question of this door, and none is named. *None*: it is seen that something is wrong, and no mistake explains more
      than half of it. *Reference*: what is said of a runtime without a mistake.

      ## Misses

      | door | served | named | share |
      |---|---|---|---|
      """;

  String text() {
    StringBuilder text = new StringBuilder(HEAD);
    singles.forEach((door, rows) -> text.append(summary(door, rows, references.get(door).named())));
    text.append(WORDS);
    singles.forEach(
        (door, rows) ->
            rows.stream()
                .filter(DiagnosisPage::isMiss)
                .forEach(row -> text.append(miss(door, row))));
    text.append("\n## Two mistakes at once\n\n");
    pairs.forEach((door, rows) -> text.append(pairs(door, rows)));
    return text.toString();
  }

  private static boolean isMiss(Row row) {
    return row.outcome() == Outcome.WRONG || row.outcome() == Outcome.NONE;
  }

  private static long count(List<Row> rows, Outcome outcome) {
    return rows.stream().filter(row -> row.outcome() == outcome).count();
  }

  private static String summary(String door, List<Row> rows, String reference) {
    long visible = rows.size() - count(rows, Outcome.INVISIBLE);
    long named = count(rows, Outcome.RIGHT) + count(rows, Outcome.GROUP);
    return String.format(
        Locale.ROOT,
        "| %s | %d | %d | %d | %d | %d | %.1f %% | %s |%n",
        door,
        count(rows, Outcome.RIGHT),
        count(rows, Outcome.GROUP),
        count(rows, Outcome.INVISIBLE),
        count(rows, Outcome.WRONG),
        count(rows, Outcome.NONE),
        100.0 * named / Math.max(1, visible),
        reference.equals("-") ? "none" : reference);
  }

  private static String miss(String door, Row row) {
    return String.format(
        Locale.ROOT,
        "| %s | `%s` | %s`%s` | %.0f %% |%n",
        door,
        row.served(),
        row.outcome() == Outcome.NONE ? "none; nearest " : "",
        row.named(),
        100 * row.share());
  }

  private static String pairs(String door, List<Row> rows) {
    long named = count(rows, Outcome.RIGHT);
    String byOutcome =
        rows.stream()
            .filter(row -> row.outcome() == Outcome.WRONG)
            .map(
                row ->
                    List.of(row.served().split(" \\\\+ ")).stream().anyMatch(row.named()::contains)
                        ? "one"
                        : "neither")
            .collect(Collectors.groupingBy(word -> word, Collectors.counting()))
            .toString();
    return String.format(
        Locale.ROOT,
        "Of %d random pairs, served as %s: both named %d (%.1f %%); other mistakes that answer the same %d; wrong %d, of"
            + " which one or neither of the two is named: %s; none named %d; invisible %d.%n",
        rows.size(),
        door,
        named,
        100.0 * named / Math.max(1, rows.size()),
        count(rows, Outcome.GROUP),
        count(rows, Outcome.WRONG),
        byOutcome,
        count(rows, Outcome.NONE),
        count(rows, Outcome.INVISIBLE));
  }
}
