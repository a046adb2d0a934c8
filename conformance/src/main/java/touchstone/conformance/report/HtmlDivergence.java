package touchstone.conformance.report;

import java.util.List;
import java.util.Optional;
import touchstone.conformance.verify.Bisection;
import touchstone.conformance.verify.Bisection.Divergence;
import touchstone.conformance.verify.Bisection.Excerpt;
import touchstone.conformance.verify.Figures;
import touchstone.conformance.verify.ProbeName;

/** Where the forward pass leaves the truth: the way to it, the formula, the numbers, and the plot. */
final class HtmlDivergence {
  private final StringBuilder html = new StringBuilder();

  private HtmlDivergence() {}

  static String of(Report report) {
    HtmlDivergence section = new HtmlDivergence();
    report.bisection().ifPresent(outcome -> section.head(outcome.sentence()));
    Optional<Bisection> bisection = report.bisection().flatMap(outcome -> outcome.bisection());
    bisection.ifPresent(section::first);
    ErrorPlot.of(report).ifPresent(section.html::append);
    return section.html.toString();
  }

  private void head(String sentence) {
    html.append("<h2>First wrong number</h2>\n").append(Html.paragraph(sentence));
  }

  private void first(Bisection bisection) {
    if (bisection.first().isEmpty()) {
      return;
    }
    Divergence first = bisection.first().get();
    way(bisection, first);
    html.append("<div class=\"formula mono\">")
        .append(Html.text(first.formula().equation()))
        .append(Html.element("small", "", String.join(" ", first.formula().rules())))
        .append("</div>\n");
    first.excerpt().ifPresent(this::excerpt);
  }

  /** The intermediates of the layer in question. */
  private void way(Bisection bisection, Divergence first) {
    List<ProbeName> layer =
        bisection.points().stream()
            .map(Bisection.Point::name)
            .filter(name -> name.layer() == first.name().layer())
            .toList();
    html.append("<div class=\"path\">");
    if (first.name().layerIfAny().isPresent()) {
      html.append(Html.element("em", "", "layer " + first.name().layer()));
    }
    first.between().forEach(name -> step("untold", name));
    for (ProbeName name : layer) {
      int order = name.compareTo(first.name());
      step(order < 0 ? "" : order == 0 ? "first" : "after", name);
    }
    html.append("</div>\n");
  }

  private void step(String css, ProbeName name) {
    html.append(Html.element("span", css, name.point().label()));
  }

  private void excerpt(Excerpt excerpt) {
    html.append("<div class=\"scroll\"><table><tr><th>element</th>");
    for (int i = 0; i < excerpt.expected().length; i++) {
      html.append("<th>").append(excerpt.from() + i).append("</th>");
    }
    html.append("</tr>");
    line("expected", excerpt, excerpt.expected(), "");
    line("actual", excerpt, excerpt.actual(), "worst");
    html.append("</table></div>\n");
  }

  private void line(String name, Excerpt excerpt, double[] values, String worst) {
    html.append("<tr><th>").append(name).append("</th>");
    for (int i = 0; i < values.length; i++) {
      String css = i == excerpt.worst() ? "mono " + worst : "mono";
      html.append(Html.element("td", css.strip(), Figures.number(values[i])));
    }
    html.append("</tr>");
  }
}
