package touchstone.conformance.diagnosis;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import touchstone.conformance.diagnosis.DiagnosisMeasurement.Outcome;
import touchstone.conformance.diagnosis.DiagnosisMeasurement.Row;

/**
 * The page docs/diagnosis.md.
 *
 * @param first mistakes of other hands, before the catalogue had seen them
 * @param now the same, since
 */
record DiagnosisPage(
    List<Row> singles, List<Row> pairs, List<Independent> first, List<Independent> now) {
  private static final String NONE_SERVED = "reference";
  private static final String HEAD =
      """
      # Diagnosis: which known mistake is it?

      When a runtime fails, `touchstone verify` runs every known mistake on the same few questions and names the one that
      answers as the runtime does ([how](decisions/0017-mistakes-run-when-they-are-needed.md)). This page says how often that
      is right. It is generated; the rows are in [data](data), in the files that begin with *diagnosis*.

      Each mistake is served once through each door. *files* are dumped into a folder and read again, *process* is `touchstone
      adapter` with the mistake, in a process of its own; both give all answers. The servers have one model and give what
      OpenAI's interface and vLLM's give. *logprobs* has log-probabilities of tokens and of the likeliest next ones, rounded to
      four decimals, greedy continuations and token ids, in this process. The last word is the profile of the runtime: those of
      *hf* round where Transformers does; of the others every number is moved, at random, by up to the largest error that honest
      runs of the profile showed.

      What this does not show: the served mistake is the catalogue's own code, and the vectors were chosen to tell these
      mistakes apart. The last section has others.

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

  private static final String OTHERS =
      """

      ## Mistakes of other hands

      [mistakes.py](../conformance/adapters/mistaken/mistakes.py) makes mistakes in a runtime in plain PyTorch. They are what
      programmers of such runtimes do, written without a look at the catalogue; [mistakes.csv](../conformance/adapters/mistaken/mistakes.csv)
      says afterwards which of the catalogue's each of them is. `python conformance/adapters/mistaken/measure.py` verifies the
      runtime with each, through a process.

      | measured | in the catalogue | right | with others | wrong | none | right or with others | not in it | none | wrong |
      |---|---|---|---|---|---|---|---|---|---|
      """;

  private static final String LEARNT =
      """

      *At first* is the honest figure: what to expect of a runtime that nobody here has seen. *Now* is what the catalogue
      learnt from it: it has since been given the mistakes that it did not have, and other versions of those that it had.
      *Wrong*, of a mistake that the catalogue does not have, names a relative of it. What is a mistake only in a runtime that
      declares binary32, such as a cache in F16, counts as right if its profile is named.

      Not named now:

      | mistake | in the catalogue | answer |
      |---|---|---|
      """;

  String text() {
    StringBuilder text = new StringBuilder(HEAD);
    byDoor(singles).forEach((door, rows) -> text.append(summary(door, rows)));
    text.append(WORDS);
    singles.stream().filter(DiagnosisPage::isMiss).forEach(row -> text.append(miss(row)));
    text.append("\n## Two mistakes at once\n");
    byDoor(pairs).forEach((door, rows) -> text.append("\n").append(pairs(door, rows)));
    text.append(OTHERS).append(others("at first", first)).append(others("now", now));
    text.append(LEARNT);
    now.stream().filter(Independent::isMiss).forEach(row -> text.append(miss(row)));
    return text.toString();
  }

  private static String others(String when, List<Independent> rows) {
    List<Independent> known = rows.stream().filter(Independent::isKnown).toList();
    List<Independent> unknown = rows.stream().filter(row -> !row.isKnown()).toList();
    return String.format(
        Locale.ROOT,
        "| %s | %d | %d | %d | %d | %d | %.1f %% | %d | %d | %d |%n",
        when,
        known.size(),
        others(known, "right"),
        others(known, "group"),
        others(known, "wrong"),
        others(known, "none") + others(known, "invisible"),
        100.0 * (others(known, "right") + others(known, "group")) / known.size(),
        unknown.size(),
        others(unknown, "none"),
        others(unknown, "wrong"));
  }

  private static long others(List<Independent> rows, String outcome) {
    return rows.stream().filter(row -> row.outcome().equals(outcome)).count();
  }

  private static String miss(Independent row) {
    return "| `%s` | `%s` | %s |%n"
        .formatted(
            row.mistake(),
            row.catalogue(),
            row.outcome()
                + (row.outcome().equals("none") && !row.named().isEmpty() ? "; nearest " : " ")
                + (row.named().isEmpty() ? "" : "`" + row.named() + "`"));
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
    boolean near = Math.round(100 * row.share()) > 0;
    String named = "`" + row.named() + "`";
    return String.format(
        Locale.ROOT,
        "| %s | `%s` | %s | %.0f %% |%n",
        row.door(),
        row.served(),
        row.outcome() != Outcome.NONE ? named : near ? "none; nearest " + named : "none",
        100 * row.share());
  }

  private static String pairs(String door, List<Row> rows) {
    long one = rows.stream().filter(row -> isMiss(row) && isHalf(row)).count();
    long visible = rows.size() - count(rows, Outcome.INVISIBLE);
    long named = count(rows, Outcome.RIGHT) + count(rows, Outcome.GROUP);
    return String.format(
        Locale.ROOT,
        """
        %d pairs, drawn at random from all mistakes that there were, also those that this door does not show; served as %s.
        Of the %d that depart, %.1f %% are explained to rounding: %d by the two themselves, %d by others that answer the same
        (most often one of the two, where the other does not show). In %d more one of the two is named, in %d neither; of
        these, %d end as unexplained. %d do not show at all.
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
