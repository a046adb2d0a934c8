package touchstone.conformance.diagnosis;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import touchstone.conformance.diagnosis.DiagnosisMeasurement.Outcome;
import touchstone.conformance.diagnosis.DiagnosisMeasurement.Row;

/** The page docs/diagnosis.md. */
record DiagnosisPage(List<Row> singles, List<Row> pairs) {
  private static final String NONE_SERVED = "reference";
  private static final String HEAD =
      """
      # Diagnosis: which known mistake is it?

      When a runtime fails, `touchstone verify` runs every known mistake on the same few questions and names the one that
      answers as the runtime does ([how](decisions/0017-mistakes-run-when-they-are-needed.md)). This page says how often that
      is right. It is generated; the rows are in [data/diagnosis-complete.csv](data/diagnosis-complete.csv),
      [data/diagnosis-logprobs.csv](data/diagnosis-logprobs.csv) and [data/diagnosis-pairs.csv](data/diagnosis-pairs.csv).

      Each mistake is served once through each door. *files* are dumped into a folder and read again, *process* is `touchstone
      adapter` with the mistake, in a process of its own; both give all answers. *logprobs* has log-probabilities of tokens
      and of the likeliest next ones, rounded to four decimals, greedy continuations and token ids, as servers give them, in
      this process. The second word is the profile whose rounding is put on top: every number is moved, at random, by up to
      the largest error that honest runs of the profile showed. The rows of *logprobs* and the pairs were measured when every
      mistake still answered every question; *files* and *process* with the first glance that leaves most of them out.

      What this does not show: the served mistake is the catalogue's own code, and the vectors were chosen to tell these
      mistakes apart. Somebody else's version of a mistake may differ from ours, and is then explained in part, or not.
      The rounding is a model of a profile, not another runtime.

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
    byDoor(singles).forEach((door, rows) -> text.append(summary(door, rows)));
    text.append(WORDS);
    singles.stream().filter(DiagnosisPage::isMiss).forEach(row -> text.append(miss(row)));
    text.append("\n## Two mistakes at once\n\n");
    byDoor(pairs).forEach((door, rows) -> text.append(pairs(door, rows)));
    return text.toString();
  }

  private static Map<String, List<Row>> byDoor(List<Row> rows) {
    return rows.stream()
        .collect(Collectors.groupingBy(Row::door, LinkedHashMap::new, Collectors.toList()));
  }

  private static boolean isMiss(Row row) {
    return row.outcome() == Outcome.WRONG || row.outcome() == Outcome.NONE;
  }

  private static long count(List<Row> rows, Outcome outcome) {
    return rows.stream().filter(row -> row.outcome() == outcome).count();
  }

  private static String summary(String door, List<Row> all) {
    List<Row> rows = all.stream().filter(row -> !row.served().equals(NONE_SERVED)).toList();
    String reference =
        all.stream()
            .filter(row -> row.served().equals(NONE_SERVED))
            .map(row -> row.outcome() == Outcome.INVISIBLE ? "none" : row.named())
            .collect(Collectors.joining());
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
        reference);
  }

  private static String miss(Row row) {
    return String.format(
        Locale.ROOT,
        "| %s | `%s` | %s`%s` | %.0f %% |%n",
        row.door(),
        row.served(),
        row.outcome() == Outcome.NONE ? "none; nearest " : "",
        row.named(),
        100 * row.share());
  }

  private static String pairs(String door, List<Row> rows) {
    long one = rows.stream().filter(row -> isMiss(row) && isHalf(row)).count();
    long visible = rows.size() - count(rows, Outcome.INVISIBLE);
    long named = count(rows, Outcome.RIGHT) + count(rows, Outcome.GROUP);
    return String.format(
        Locale.ROOT,
        """
        %d pairs, drawn at random from all mistakes, also those that this door does not show, and served as %s. Of the %d that depart, %.1f %% are explained to rounding: %d by
        the two themselves, %d by others that answer the same (most often one of the two, where the other does not show).
        In %d more one of the two is named, in %d neither; of these, %d end as unexplained. %d do not show at all.
        """,
        rows.size(),
        door,
        visible,
        100.0 * named / Math.max(1, visible),
        count(rows, Outcome.RIGHT),
        count(rows, Outcome.GROUP),
        one,
        count(rows, Outcome.WRONG) + count(rows, Outcome.NONE) - one,
        count(rows, Outcome.NONE),
        count(rows, Outcome.INVISIBLE));
  }

  /** Whether one of the two that were served is named. */
  private static boolean isHalf(Row row) {
    List<String> named = List.of(row.named().split(" \\+ "));
    return Arrays.stream(row.served().split(" \\+ ")).anyMatch(named::contains);
  }
}
