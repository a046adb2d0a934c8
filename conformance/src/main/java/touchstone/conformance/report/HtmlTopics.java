package touchstone.conformance.report;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import touchstone.conformance.suite.Level;
import touchstone.conformance.verify.Conclusion.Tally;
import touchstone.conformance.verify.Result;
import touchstone.conformance.verify.Verdict;

/** Topics by levels, and every vector as a stone of a mosaic. */
final class HtmlTopics {
  private final StringBuilder html = new StringBuilder();
  private final Map<Result, Integer> failures = new IdentityHashMap<>();

  private HtmlTopics(Report report) {
    List<Result> failed = report.failures();
    for (int i = 0; i < failed.size(); i++) {
      failures.put(failed.get(i), i);
    }
  }

  static String of(Report report) {
    if (report.results().isEmpty()) {
      return "";
    }
    HtmlTopics topics = new HtmlTopics(report);
    topics.html.append("<h2>Topics <small>what others build on comes first</small></h2>\n");
    topics.html.append("<section class=\"matrix\">\n<div class=\"row head\"><span>topic</span>");
    for (Level level : Level.values()) {
      topics.html.append("<span>").append(level.label()).append("</span>");
    }
    topics.html.append("<span>every vector</span></div>\n");
    TopicRow.of(report.results()).forEach(topics::row);
    topics.html.append("</section>\n");
    topics.legend();
    return topics.html.toString();
  }

  private void row(TopicRow row) {
    html.append("<div class=\"row\">").append(Html.element("span", "topic", row.title()));
    for (Level level : Level.values()) {
      cell(row, level);
    }
    html.append("<div class=\"mosaic\">");
    row.results().forEach(this::stone);
    html.append("</div></div>\n");
  }

  private void cell(TopicRow row, Level level) {
    Tally tally = row.tally(level);
    if (tally.all() == 0) {
      html.append("<span></span>");
      return;
    }
    String css = tally.bad() > 0 ? "cell bad" : tally.judged() > 0 ? "cell good" : "cell";
    String title =
        "%s, %s: %d passed, %d acceptable, %d failed, %d without an answer, %d skipped"
            .formatted(
                row.name(),
                level.label(),
                tally.passed(),
                tally.acceptable(),
                tally.failed(),
                tally.broken(),
                tally.skipped());
    String shown =
        tally.judged() == 0
            ? "–"
            : tally.bad() == 0 ? String.valueOf(tally.good()) : tally.good() + "/" + tally.judged();
    html.append(
        "<span class=\"%s\" title=\"%s\">%s</span>".formatted(css, Html.text(title), shown));
  }

  private void stone(Result result) {
    Integer failure = failures.get(result);
    String title = Html.text(title(result));
    if (failure != null) {
      html.append("<a class=\"f\" href=\"#f%d\" title=\"%s\"></a>".formatted(failure, title));
    } else {
      html.append("<i%s title=\"%s\"></i>".formatted(css(result.verdict()), title));
    }
  }

  private static String title(Result result) {
    return result
        .verdict()
        .sentence()
        .map(sentence -> result.vector().id() + ": " + sentence)
        .orElse(result.vector().id());
  }

  private static String css(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Passed _ -> "";
      case Verdict.Acceptable _ -> " class=\"a\"";
      case Verdict.Skipped _ -> " class=\"s\"";
      case Verdict.Failed _, Verdict.Broken _ -> " class=\"f\"";
    };
  }

  private void legend() {
    html.append("<div class=\"legend\"><span><i></i>passed</span>")
        .append("<span><i class=\"a\"></i>acceptable</span>")
        .append("<span><i class=\"f\"></i>failed</span>")
        .append("<span><i class=\"s\"></i>skipped</span></div>\n");
  }
}
