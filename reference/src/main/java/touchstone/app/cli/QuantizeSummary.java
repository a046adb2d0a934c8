package touchstone.app.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import touchstone.quantize.ModuleReport;
import touchstone.quantize.QuantisationPlan;

/** What became of a quantisation, a line for each kind of module. */
final class QuantizeSummary {
  private QuantizeSummary() {}

  static void print(
      Path directory, QuantisationPlan plan, List<ModuleReport> reports, Terminal terminal) {
    terminal.note(
        "wrote %s: %s".formatted(directory, LoadedModel.describe(Optional.of(plan.config()))));
    Table table = new Table(false, true, true, true, true);
    table.row("module", "layers", "loss", "error/rtn", "seconds");
    List<String> modules = reports.stream().map(ModuleReport::module).distinct().toList();
    for (String module : modules) {
      List<ModuleReport> all = reports.stream().filter(r -> r.module().equals(module)).toList();
      row(table, module, all);
    }
    row(table, "all", reports);
    table.lines().forEach(terminal::println);
  }

  private static void row(Table table, String name, List<ModuleReport> reports) {
    Optional<Double> error = sum(reports, ModuleReport::error);
    Optional<Double> nearest = sum(reports, ModuleReport::nearestError);
    table.row(
        name,
        String.valueOf(reports.stream().map(ModuleReport::layer).distinct().count()),
        sum(reports, ModuleReport::loss).map(QuantizeProgress::number).orElse("-"),
        error.flatMap(e -> nearest.map(n -> String.format(Locale.ROOT, "%.3f", e / n))).orElse("-"),
        String.format(
            Locale.ROOT,
            "%.1f",
            reports.stream().collect(Collectors.summingDouble(ModuleReport::seconds))));
  }

  private static Optional<Double> sum(
      List<ModuleReport> reports, Function<ModuleReport, OptionalDouble> value) {
    return reports.stream().map(value).allMatch(OptionalDouble::isPresent)
        ? Optional.of(reports.stream().map(value).mapToDouble(OptionalDouble::getAsDouble).sum())
        : Optional.empty();
  }
}
