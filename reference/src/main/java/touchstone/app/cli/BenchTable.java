package touchstone.app.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import touchstone.kernels.MachineLimits;

/** Results for people: what the machine is and can do, and a table in Markdown. */
final class BenchTable {
  private static final double GIGA = 1e9;
  private static final double MICRO = 1e3;
  private static final double MEGA = 1e6;
  private static final double BINARY_MEGA = 1L << 20;
  private static final double BINARY_GIGA = 1L << 30;
  private static final double PERCENT = 100;
  private static final String UNKNOWN = "-";

  private BenchTable() {}

  static List<String> lines(List<BenchResult> results) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s, %d processors; Java %s%s"
            .formatted(
                BenchMachine.processor(),
                Runtime.getRuntime().availableProcessors(),
                BenchMachine.java(),
                results.getFirst().limits().map(BenchTable::vectors).orElse("")));
    limits(results).forEach((threads, limits) -> lines.add(describe(threads, limits)));
    lines.add("");
    lines.addAll(table(results).markdown());
    return lines;
  }

  private static String vectors(MachineLimits limits) {
    return "; vectors of %d bits".formatted(limits.vectorBits());
  }

  /** The limits for each number of threads, from all tests with it. */
  private static SortedMap<Integer, List<MachineLimits>> limits(List<BenchResult> results) {
    SortedMap<Integer, List<MachineLimits>> limits = new TreeMap<>();
    for (BenchResult result : results) {
      limits.computeIfAbsent(result.threads(), _ -> new ArrayList<>());
      result.limits().ifPresent(limits.get(result.threads())::add);
    }
    return limits;
  }

  private static String describe(int threads, List<MachineLimits> measured) {
    String who = threads == 1 ? "1 thread" : threads + " threads";
    if (measured.isEmpty()) {
      return who + ": limits not measured";
    }
    MachineLimits limits = MachineLimits.of(measured);
    return "%s: reads %.1f GB/s (best %.1f), FMA %.0f GFLOP/s (best %.0f), hand-off %.1f us"
        .formatted(
            who,
            limits.readBytesPerSecond().median() / GIGA,
            limits.readBytesPerSecond().best() / GIGA,
            limits.fmaFlopsPerSecond().median() / GIGA,
            limits.fmaFlopsPerSecond().best() / GIGA,
            limits.handOffNanos() / MICRO);
  }

  private static Table table(List<BenchResult> results) {
    Table table =
        new Table(false, true, true, true, false, false, true, false, true, true, true, true, true);
    table.row(
        "model",
        "size",
        "params",
        "bits/weight",
        "kernels",
        "numerics",
        "threads",
        "test",
        "t/s",
        "GB/s",
        "% of read",
        "GFLOP/s",
        "% of FMA");
    results.forEach(
        result ->
            table.row(
                result.model().type(),
                size(result.weights().all().bytes()),
                parameters(result.weights().all().parameters()),
                "%.2f".formatted(result.weights().layers().bitsPerWeight()),
                result.kernels(),
                result.numerics().toString(),
                String.valueOf(result.threads()),
                result.test().label(),
                speed(result),
                "%.2f".formatted(result.bytesPerSecond() / GIGA),
                percent(result.shareOfRead()),
                "%.1f".formatted(result.flopsPerSecond() / GIGA),
                percent(result.shareOfFma())));
    return table;
  }

  private static String size(long bytes) {
    return bytes < BINARY_GIGA
        ? "%.2f MiB".formatted(bytes / BINARY_MEGA)
        : "%.2f GiB".formatted(bytes / BINARY_GIGA);
  }

  private static String parameters(long count) {
    return count < GIGA ? "%.2f M".formatted(count / MEGA) : "%.2f B".formatted(count / GIGA);
  }

  /** Tokens per second, and how much they vary. */
  static String speed(BenchResult result) {
    return "%.2f ± %.2f".formatted(result.meanSpeed(), result.deviationSpeed());
  }

  private static String percent(OptionalDouble share) {
    return share.isPresent() ? "%.1f".formatted(PERCENT * share.getAsDouble()) : UNKNOWN;
  }
}
