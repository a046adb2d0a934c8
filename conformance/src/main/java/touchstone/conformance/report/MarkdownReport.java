package touchstone.conformance.report;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import touchstone.app.cli.Table;
import touchstone.checkpoint.AtomicFile;
import touchstone.conformance.suite.Level;
import touchstone.conformance.verify.Bisection;
import touchstone.conformance.verify.Bisector;
import touchstone.conformance.verify.Conclusion;
import touchstone.conformance.verify.Conclusion.Tally;
import touchstone.conformance.verify.Figures;
import touchstone.conformance.verify.Result;
import touchstone.error.TouchstoneException;

/** The report as a page of Markdown, for a repository or a comment. */
public final class MarkdownReport {
  private final Report report;
  private final List<String> lines = new ArrayList<>();

  private MarkdownReport(Report report) {
    this.report = report;
  }

  /** Writes the file. */
  public static void write(Report report, Path file) {
    String text = String.join("\n", lines(report)) + "\n";
    AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** The lines of the page. */
  static List<String> lines(Report report) {
    MarkdownReport page = new MarkdownReport(report);
    page.head();
    page.diagnosis();
    page.topics();
    page.skips();
    report.bisection().ifPresent(page::bisection);
    page.stale();
    page.failures();
    return page.lines;
  }

  private void paragraph(String text) {
    lines.add(text);
    lines.add("");
  }

  private void head() {
    Heading heading = report.heading();
    paragraph("# " + escaped(heading.runtime().name() + " " + heading.runtime().version()));
    paragraph("**" + escaped(Claim.of(report)) + "**");
    Table table = new Table(false, false);
    table.row("", "");
    table.row("runtime", escaped(heading.runtimeName() + ", " + heading.runtime().language()));
    table.row("suite", escaped(heading.suiteName()));
    table.row("program", "Touchstone " + heading.touchstone());
    table.row("command", code(heading.rerun()));
    table.row("started", heading.started().truncatedTo(ChronoUnit.SECONDS).toString());
    table.row("took", "%.1f s".formatted(report.took().toMillis() / 1e3));
    lines.addAll(table.markdown());
    lines.add("");
  }

  private void diagnosis() {
    if (!report.diagnosis().isEmpty()) {
      paragraph("## Diagnosis");
      report.diagnosis().forEach(line -> lines.add("> " + escaped(line)));
      lines.add("");
    }
  }

  private void topics() {
    paragraph("## Topics");
    Table table = new Table(false, true, true, true, true);
    table.row("topic", "required", "recommended", "optional", "skipped");
    for (TopicRow row : TopicRow.of(report.results())) {
      table.row(
          row.title(),
          cell(row.tally(Level.REQUIRED)),
          cell(row.tally(Level.RECOMMENDED)),
          cell(row.tally(Level.OPTIONAL)),
          String.valueOf(Tally.of(row.results()).skipped()));
    }
    lines.addAll(table.markdown());
    lines.add("");
  }

  private static String cell(Tally tally) {
    if (tally.judged() == 0) {
      return "";
    }
    String cell = "%d/%d".formatted(tally.good(), tally.judged());
    return tally.bad() > 0 ? "**" + cell + "**" : cell;
  }

  private void skips() {
    Map<String, Integer> skips = Conclusion.skips(report.results());
    if (!skips.isEmpty()) {
      paragraph("## Skipped");
      skips.forEach((reason, count) -> lines.add("- %d: %s".formatted(count, escaped(reason))));
      lines.add("");
    }
  }

  private void bisection(Bisector.Outcome outcome) {
    paragraph("## First wrong number");
    paragraph(escaped(outcome.sentence()));
    Optional<Bisection.Divergence> first = outcome.bisection().flatMap(Bisection::first);
    first.ifPresent(
        divergence -> {
          paragraph(code(divergence.formula().equation()));
          divergence.excerpt().ifPresent(this::excerpt);
        });
  }

  private void excerpt(Bisection.Excerpt excerpt) {
    Table table = new Table(true, true, true);
    table.row("element", "expected", "actual");
    for (int i = 0; i < excerpt.expected().length; i++) {
      String actual = Figures.number(excerpt.actual()[i]);
      table.row(
          String.valueOf(excerpt.from() + i),
          Figures.number(excerpt.expected()[i]),
          i == excerpt.worst() ? "**" + actual + "**" : actual);
    }
    lines.addAll(table.markdown());
    lines.add("");
  }

  private void stale() {
    report
        .disagreements()
        .filter(list -> !list.isEmpty())
        .ifPresent(
            list -> {
              paragraph("## The list of known failures is stale");
              list.forEach(
                  one -> lines.add("- %s: %s".formatted(code(one.vector()), escaped(one.why()))));
              lines.add("");
            });
  }

  private void failures() {
    if (!report.failures().isEmpty()) {
      paragraph("## Failures");
    }
    for (Result failure : report.failures()) {
      paragraph("### " + escaped(failure.vector().id()));
      paragraph(
          escaped("%s, %s".formatted(failure.vector().level().label(), failure.vector().title())));
      FailureText.findings(failure).forEach(line -> lines.add("- " + escaped(line)));
      FailureText.notes(failure.vector()).forEach(line -> lines.add("- " + escaped(line)));
      lines.add("- " + FailureText.rules(failure.vector()));
      lines.add("- " + code(report.heading().rerun(failure.vector().id())));
      lines.add("");
    }
  }

  /** As it stands, whatever Markdown would make of it. */
  private static String escaped(String text) {
    return TouchstoneException.printable(text).replaceAll("([\\\\`*_\\[\\]<>|#])", "\\\\$1");
  }

  private static String code(String text) {
    return "`" + TouchstoneException.printable(text).replace("`", "'").replace("|", "\\|") + "`";
  }
}
