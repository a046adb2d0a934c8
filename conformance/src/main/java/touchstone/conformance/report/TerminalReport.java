package touchstone.conformance.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import touchstone.app.cli.Table;
import touchstone.conformance.suite.Level;
import touchstone.conformance.verify.Bisection;
import touchstone.conformance.verify.Bisector;
import touchstone.conformance.verify.Conclusion;
import touchstone.conformance.verify.Conclusion.Tally;
import touchstone.conformance.verify.Ending;
import touchstone.conformance.verify.Figures;
import touchstone.conformance.verify.KnownFailures.Disagreement;
import touchstone.conformance.verify.Result;
import touchstone.error.TouchstoneException;

/** The summary on a terminal. */
public final class TerminalReport {
  private static final int FAILURES_IN_FULL = 5;
  private static final int FAILURES_IN_BRIEF = 40;

  private final Report report;
  private final Paint paint;
  private final List<String> lines = new ArrayList<>();

  private TerminalReport(Report report, boolean colours) {
    this.report = report;
    this.paint = new Paint(colours);
  }

  /** The lines of the summary. */
  public static List<String> lines(Report report, boolean colours) {
    TerminalReport text = new TerminalReport(report, colours);
    text.head();
    text.failures();
    text.topics();
    text.skips();
    report.bisection().ifPresent(text::bisection);
    text.diagnosis();
    report.disagreements().ifPresent(text::disagreements);
    text.claim();
    return List.copyOf(text.lines);
  }

  private void line(String indent, String text) {
    lines.add(indent + TouchstoneException.printable(text));
  }

  private void head() {
    lines.add(paint.strong(TouchstoneException.printable(report.heading().runtimeName())));
    line("", "against " + report.heading().suiteName());
    lines.add("");
  }

  private void failures() {
    List<Result> failures = report.failures();
    for (Result failure : failures.stream().limit(FAILURES_IN_FULL).toList()) {
      lines.add(paint.bad("FAIL") + " " + FailureText.head(failure));
      FailureText.findings(failure).forEach(text -> line("  ", text));
      FailureText.notes(failure.vector()).forEach(text -> lines.add(paint.faint("  " + text)));
      lines.add(paint.faint("  Rules: " + FailureText.rules(failure.vector())));
      line("  Rerun: ", report.heading().rerun(failure.vector().id()));
      lines.add("");
    }
    for (Result failure :
        failures.stream().skip(FAILURES_IN_FULL).limit(FAILURES_IN_BRIEF).toList()) {
      String reason = failure.verdict().sentence().orElse("");
      line(paint.bad("FAIL") + " ", failure.vector().id() + ": " + reason);
    }
    if (failures.size() > FAILURES_IN_FULL) {
      long more = Math.max(0, failures.size() - FAILURES_IN_FULL - FAILURES_IN_BRIEF);
      lines.add(
          more == 0
              ? ""
              : "and %s; --report DIR writes all"
                  .formatted(Figures.count(more, "failure") + " more"));
      line("Rerun one: ", report.heading().rerun("ID"));
      lines.add("");
    }
  }

  private void topics() {
    Table table = new Table(false, true, true, true, true);
    table.row("topic", "required", "recommended", "optional", "skipped");
    for (TopicRow row : TopicRow.of(report.results())) {
      table.row(
          row.title(),
          cell(row.tally(Level.REQUIRED)),
          cell(row.tally(Level.RECOMMENDED)),
          cell(row.tally(Level.OPTIONAL)),
          skipped(Tally.of(row.results())));
    }
    List<TopicRow> rows = TopicRow.of(report.results());
    List<String> printed = table.lines();
    lines.add(paint.faint(printed.getFirst()));
    for (int i = 0; i < rows.size(); i++) {
      boolean bad = Tally.of(rows.get(i).results()).bad() > 0;
      lines.add(bad ? paint.bad(printed.get(i + 1)) : printed.get(i + 1));
    }
    lines.add("");
  }

  private static String cell(Tally tally) {
    return tally.judged() == 0 ? "-" : "%d/%d".formatted(tally.good(), tally.judged());
  }

  private static String skipped(Tally tally) {
    return tally.skipped() == 0 ? "-" : String.valueOf(tally.skipped());
  }

  private void skips() {
    Map<String, Integer> skips = Conclusion.skips(report.results());
    if (!skips.isEmpty()) {
      lines.add("Skipped:");
      skips.forEach((reason, count) -> line("  ", "%4d  %s".formatted(count, reason)));
      lines.add("");
    }
  }

  private void bisection(Bisector.Outcome outcome) {
    lines.add(paint.strong("Bisection"));
    line("  ", outcome.sentence());
    Optional<Bisection.Divergence> first = outcome.bisection().flatMap(Bisection::first);
    first.ifPresent(this::divergence);
    lines.add("");
  }

  private void divergence(Bisection.Divergence first) {
    line("  ", "formula     " + first.formula().equation());
    first.lastRight().ifPresent(name -> line("  ", "last right  " + name));
    if (!first.between().isEmpty()) {
      line("  ", "not told    " + first.between());
    }
    first.excerpt().ifPresent(this::excerpt);
  }

  private void excerpt(Bisection.Excerpt excerpt) {
    boolean[] right = {true, true, true, false};
    Table table = new Table(right);
    table.row("element", "expected", "actual", "");
    for (int i = 0; i < excerpt.expected().length; i++) {
      table.row(
          String.valueOf(excerpt.from() + i),
          Figures.number(excerpt.expected()[i]),
          Figures.number(excerpt.actual()[i]),
          i == excerpt.worst() ? "<-- worst" : "");
    }
    table.lines().forEach(row -> lines.add("    " + row));
  }

  private void diagnosis() {
    if (!report.diagnosis().isEmpty()) {
      lines.add(paint.strong("Diagnosis"));
      report.diagnosis().forEach(text -> line("  ", text));
      lines.add("");
    }
  }

  private void disagreements(List<Disagreement> disagreements) {
    if (!disagreements.isEmpty()) {
      lines.add(paint.bad("The list of known failures is stale:"));
      disagreements.forEach(one -> line("  ", one.vector() + ": " + one.why()));
      lines.add("");
    }
  }

  private void claim() {
    String claim = TouchstoneException.printable(Claim.of(report));
    if (report.conclusion().ending() instanceof Ending.Unusable) {
      lines.add(paint.bad("The adapter is wrong, or the server; nothing is said of the runtime."));
    }
    lines.add(report.exitCode() == 0 ? paint.good(claim) : paint.bad(claim));
  }
}
