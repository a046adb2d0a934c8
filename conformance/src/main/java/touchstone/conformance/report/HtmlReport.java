package touchstone.conformance.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Map;
import touchstone.checkpoint.AtomicFile;
import touchstone.conformance.suite.Level;
import touchstone.conformance.verify.Conclusion;
import touchstone.conformance.verify.Conclusion.Tally;
import touchstone.conformance.verify.Figures;

/** The report as one page that needs nothing else: no script, no font, no picture from elsewhere. */
public final class HtmlReport {
  private static final String STYLE = "report.css";

  /** A stone with a streak of gold. */
  private static final String MARK =
      """
      <svg viewBox="0 0 32 32" aria-hidden="true"><path d="M6 9 13 3l10 2 6 9-3 11-11 4-10-6Z" fill="#3a3733"/>\
      <path d="M9 22 23 9" stroke="#d9a441" stroke-width="3" stroke-linecap="round"/></svg>
      """;

  private final Report report;
  private final StringBuilder page = new StringBuilder();

  private HtmlReport(Report report) {
    this.report = report;
  }

  /** Writes the file. */
  public static void write(Report report, Path file) {
    AtomicFile.write(file, of(report).getBytes(StandardCharsets.UTF_8));
  }

  /** The page. */
  public static String of(Report report) {
    HtmlReport html = new HtmlReport(report);
    html.head();
    html.diagnosis();
    html.levels();
    html.page.append(HtmlDivergence.of(report));
    html.page.append(HtmlTopics.of(report));
    html.stale();
    html.page.append(HtmlFailures.of(report));
    html.skips();
    html.foot();
    return html.page.toString();
  }

  private void head() {
    Heading heading = report.heading();
    String name = heading.runtime().name() + " " + heading.runtime().version();
    page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .append("<title>%s: %s</title>\n".formatted(Html.text(name), Claim.brief(report)))
        .append("<style>\n")
        .append(style())
        .append("</style>\n</head>\n<body>\n<header>\n<div class=\"brand\">")
        .append(MARK.strip())
        .append("Touchstone conformance report</div>\n<h1>")
        .append(Html.text(name))
        .append("</h1>\n")
        .append(
            Html.element(
                "div", "verdict " + (report.exitCode() == 0 ? "good" : "bad"), Claim.brief(report)))
        .append("\n<div class=\"chips\">");
    chip(heading.runtime().language());
    chip("profile " + heading.profile().label());
    chip(heading.suiteName());
    chip("door: " + heading.door());
    chip(heading.started().truncatedTo(ChronoUnit.DAYS).toString().substring(0, 10));
    page.append("</div>\n")
        .append(Html.element("p", "claim", Claim.of(report)))
        .append("\n</header>\n");
  }

  private void chip(String text) {
    page.append("<span>").append(Html.text(text)).append("</span>");
  }

  private static String style() {
    try (InputStream css = HtmlReport.class.getResourceAsStream(STYLE)) {
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void diagnosis() {
    if (!report.diagnosis().isEmpty()) {
      page.append("<section class=\"card diagnosis\">\n<h2>Diagnosis</h2>\n");
      report
          .diagnosis()
          .forEach(
              line ->
                  page.append(
                      Html.paragraph(line).replaceAll("`([^`]+)`", "<code><b>$1</b></code>")));
      page.append("</section>\n");
    }
  }

  private void levels() {
    page.append("<section class=\"levels\">\n");
    for (Level level : Level.values()) {
      Tally tally = report.conclusion().tallies().get(level);
      page.append("<div class=\"card\">")
          .append(Html.element("span", "soft", level.label()))
          .append("<b>%d <small>of %d</small></b>".formatted(tally.good(), tally.judged()))
          .append(Html.element("span", "soft", said(tally)))
          .append(bar(tally))
          .append("</div>\n");
    }
    page.append("</section>\n");
  }

  private static String said(Tally tally) {
    return tally.all() == 0
        ? "not asked"
        : "%d failed, %d skipped".formatted(tally.bad(), tally.skipped());
  }

  private static String bar(Tally tally) {
    return "<div class=\"bar\">"
        + part("p", tally.passed())
        + part("a", tally.acceptable())
        + part("f", tally.bad())
        + part("s", tally.skipped())
        + "</div>";
  }

  private static String part(String css, int share) {
    return share == 0 ? "" : "<i class=\"%s\" style=\"flex:%d\"></i>".formatted(css, share);
  }

  private void stale() {
    report
        .disagreements()
        .filter(list -> !list.isEmpty())
        .ifPresent(
            list -> {
              page.append("<h2>The list of known failures is stale</h2>\n");
              list.forEach(one -> page.append(Html.paragraph(one.vector() + ": " + one.why())));
            });
  }

  private void skips() {
    Map<String, Integer> skips = Conclusion.skips(report.results());
    if (skips.isEmpty()) {
      return;
    }
    page.append(
        "<h2>Skipped <small>neither passed nor failed</small></h2>\n<ul class=\"reasons\">\n");
    skips.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
        .forEach(
            skip ->
                page.append(
                    "<li><b>%d</b>%s</li>%n".formatted(skip.getValue(), Html.text(skip.getKey()))));
    page.append("</ul>\n");
  }

  private void foot() {
    page.append("<footer>\n")
        .append("<p><code>%s</code></p>%n".formatted(Html.text(report.heading().rerun())))
        .append(
            Html.paragraph(
                "%s asked in %.1f s on %s, Java %s, by Touchstone %s; started %s."
                    .formatted(
                        Figures.count(report.results().size(), "vector"),
                        report.took().toMillis() / 1e3,
                        System.getProperty("os.name"),
                        System.getProperty("java.version"),
                        report.heading().touchstone(),
                        report.heading().started().truncatedTo(ChronoUnit.SECONDS))))
        .append("</footer>\n</body>\n</html>\n");
  }
}
