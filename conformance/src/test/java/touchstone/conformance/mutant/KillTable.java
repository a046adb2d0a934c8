package touchstone.conformance.mutant;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import touchstone.conformance.suite.Vector;

/**
 * How many required vectors of each call a mutant fails.
 *
 * @param calls in the order of the suite
 * @param vectors how many there are of each
 * @param lines one per mutant, in the order of the catalogue
 */
record KillTable(List<String> calls, List<Integer> vectors, List<Line> lines) {
  /**
   * One mutant.
   *
   * @param first id of the first vector that it fails, in the order of the suite
   * @param failed by call
   */
  record Line(String mutant, String first, List<Integer> failed) {
    Line {
      failed = List.copyOf(failed);
    }

    int total() {
      return failed.stream().mapToInt(Integer::intValue).sum();
    }
  }

  KillTable {
    calls = List.copyOf(calls);
    vectors = List.copyOf(vectors);
    lines = List.copyOf(lines);
  }

  /** Counts. */
  static KillTable of(List<Vector> required, List<KillMatrix.Row> rows) {
    List<String> calls = required.stream().map(KillTable::call).distinct().toList();
    return new KillTable(
        calls,
        counts(calls, required.stream()),
        rows.stream()
            .map(
                row ->
                    new Line(
                        row.mutant().id(),
                        row.failures().getFirst().vector().id(),
                        counts(calls, row.failures().stream().map(KillMatrix.Failure::vector))))
            .toList());
  }

  private static String call(Vector vector) {
    return vector.request().call();
  }

  private static List<Integer> counts(List<String> calls, Stream<Vector> vectors) {
    Map<String, Long> counts =
        vectors.collect(
            Collectors.groupingBy(KillTable::call, TreeMap::new, Collectors.counting()));
    return calls.stream().map(call -> counts.getOrDefault(call, 0L).intValue()).toList();
  }

  /** As comma-separated values. */
  String csv() {
    List<String> text = new ArrayList<>();
    text.add("mutant,first," + String.join(",", calls));
    text.add("vectors,," + joined(vectors));
    lines.forEach(line -> text.add(line.mutant + "," + line.first + "," + joined(line.failed)));
    return String.join("\n", text) + "\n";
  }

  private static String joined(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** Reads what {@link #csv} writes. */
  static KillTable read(String csv) {
    List<String[]> rows = csv.lines().map(line -> line.split(",", -1)).toList();
    List<String> calls = List.of(rows.getFirst()).subList(2, rows.getFirst().length);
    return new KillTable(
        calls,
        numbers(rows.get(1)),
        rows.stream().skip(2).map(row -> new Line(row[0], row[1], numbers(row))).toList());
  }

  private static List<Integer> numbers(String[] row) {
    return IntStream.range(2, row.length).mapToObj(i -> Integer.valueOf(row[i])).toList();
  }
}
