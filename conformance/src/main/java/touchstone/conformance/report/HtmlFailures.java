package touchstone.conformance.report;

import java.util.List;
import java.util.Optional;
import touchstone.conformance.suite.Note;
import touchstone.conformance.suite.Vector;
import touchstone.conformance.verify.Deviation;
import touchstone.conformance.verify.Figures;
import touchstone.conformance.verify.Finding;
import touchstone.conformance.verify.Result;
import touchstone.conformance.verify.Verdict;

/** Every failure, folded, with the command that asks it again. */
final class HtmlFailures {
  private final StringBuilder html = new StringBuilder();
  private final Heading heading;

  private HtmlFailures(Heading heading) {
    this.heading = heading;
  }

  static String of(Report report) {
    List<Result> failures = report.failures();
    if (failures.isEmpty()) {
      return "";
    }
    HtmlFailures section = new HtmlFailures(report.heading());
    section.html.append("<h2>Failures <small>%d</small></h2>%n".formatted(failures.size()));
    for (int i = 0; i < failures.size(); i++) {
      section.failure(i, failures.get(i));
    }
    return section.html.toString();
  }

  private void failure(int number, Result result) {
    Vector vector = result.vector();
    html.append("<details id=\"f%d\"><summary>".formatted(number))
        .append(Html.element("span", "id mono", vector.id()))
        .append(Html.element("span", "kind", result.verdict().failure().orElse("")))
        .append(Html.element("span", "soft", vector.level().label() + ", " + vector.title()))
        .append("</summary><div>\n");
    result.verdict().sentence().ifPresent(sentence -> html.append(Html.paragraph(sentence)));
    if (result.verdict() instanceof Verdict.Failed(Finding finding, _)) {
      comparison(finding);
    }
    vector.notes().forEach(this::note);
    html.append(Html.element("p", "soft", FailureText.rules(vector)))
        .append(Html.element("code", "rerun", heading.rerun(vector.id())))
        .append("\n</div></details>\n");
  }

  private void comparison(Finding finding) {
    html.append("<div class=\"scroll\"><table><tr><th></th><th>value</th>");
    html.append(finding.worst().isPresent() ? "<th>bits</th>" : "").append("</tr>");
    line("expected", finding.expected(), finding.worst().map(Deviation::expected));
    line("actual", finding.actual(), finding.worst().map(Deviation::actual));
    html.append("</table></div>\n");
    finding
        .worst()
        .ifPresent(
            worst ->
                html.append(
                    Html.element(
                        "p",
                        "soft",
                        "error %s, bound %s: %s times the bound"
                            .formatted(
                                Figures.size(worst.error()),
                                Figures.size(worst.bound()),
                                Figures.size(worst.ratio())))));
  }

  private void line(String name, String value, Optional<Deviation.Number> number) {
    html.append("<tr><th>%s</th><td class=\"mono\">%s</td>".formatted(name, Html.text(value)));
    number.ifPresent(n -> html.append("<td class=\"mono\">").append(n.bits()).append("</td>"));
    html.append("</tr>");
  }

  private void note(Note note) {
    html.append("<div class=\"note\"><b>")
        .append(Html.text(note.flag()))
        .append("</b> ")
        .append(Html.paragraph(note.description()))
        .append(Html.paragraph(note.effect()));
    note.links().forEach(link -> html.append(Html.element("p", "soft mono", link)));
    html.append("</div>\n");
  }
}
