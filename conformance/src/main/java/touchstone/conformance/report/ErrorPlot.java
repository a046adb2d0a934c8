package touchstone.conformance.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import touchstone.conformance.verify.Bisection;
import touchstone.conformance.verify.Bisection.Point;
import touchstone.conformance.verify.Figures;
import touchstone.conformance.verify.ProbeName;
import touchstone.conformance.verify.Result;
import touchstone.conformance.verify.Verdict;

/** The error of every intermediate against its bound, through the layers, on a logarithmic scale. */
final class ErrorPlot {
  private static final double WIDTH = 1000;
  private static final double HEIGHT = 330;
  private static final double LEFT = 52;
  private static final double RIGHT = 14;
  private static final double TOP = 28;
  private static final double BOTTOM = 34;

  private final List<Point> points;
  private final int least; // decade at the bottom, where an error of 0 is drawn
  private final int most;
  private final StringBuilder svg = new StringBuilder();

  private ErrorPlot(List<Point> points) {
    this.points = points;
    double low =
        points.stream()
            .flatMap(point -> List.of(point.worst().error(), point.worst().bound()).stream())
            .filter(value -> value > 0 && Double.isFinite(value))
            .min(Double::compare)
            .orElse(1e-8);
    double high =
        points.stream()
            .flatMap(point -> List.of(point.worst().error(), point.worst().bound()).stream())
            .filter(Double::isFinite)
            .max(Double::compare)
            .filter(value -> value > 0)
            .orElse(1.0);
    this.least = (int) Math.floor(Math.log10(low)) - 1;
    this.most = Math.max(least + 2, (int) Math.ceil(Math.log10(high)));
  }

  /** The plot with its heading; empty if no pass was probed. */
  static Optional<String> of(Report report) {
    Optional<Bisection> bisection = report.bisection().flatMap(outcome -> outcome.bisection());
    if (bisection.isPresent()) {
      return plot(bisection.get().vector().id(), bisection.get().points());
    }
    List<Result> probed =
        report.results().stream()
            .filter(result -> result.vector().request().call().equals("probes"))
            .filter(result -> !result.verdict().measurements().isEmpty())
            .toList();
    return probed.stream()
        .filter(result -> result.verdict().isFailure())
        .findFirst()
        .or(() -> probed.stream().findFirst())
        .flatMap(result -> plot(result.vector().id(), points(result.verdict())));
  }

  private static List<Point> points(Verdict verdict) {
    List<Point> points = new ArrayList<>();
    for (Verdict.Measured measured : verdict.measurements()) {
      ProbeName.of(measured.output())
          .ifPresent(name -> points.add(new Point(name, measured.worst())));
    }
    return points;
  }

  private static Optional<String> plot(String vector, List<Point> points) {
    return points.isEmpty() ? Optional.empty() : Optional.of(new ErrorPlot(points).html(vector));
  }

  private String html(String vector) {
    svg.append("<h2>Error through the layers <small>%s</small></h2>%n".formatted(Html.text(vector)))
        .append(
            "<div class=\"plot scroll\"><svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
                .formatted(WIDTH, HEIGHT))
        .append("aria-label=\"largest error of every intermediate, with its bound\">\n");
    bands();
    grid();
    firstWrong();
    bound();
    errors();
    svg.append("</svg></div>\n<div class=\"legend\"><span><i></i>within the bound</span>")
        .append("<span><i class=\"f\"></i>beyond it</span>")
        .append(
            "<span><i class=\"a\"></i>the bound, dashed; a hollow point has no error</span></div>\n");
    return svg.toString();
  }

  private double x(int i) {
    double step = (WIDTH - LEFT - RIGHT) / points.size();
    return LEFT + step * (i + 0.5);
  }

  private double y(double value) {
    double bottom = HEIGHT - BOTTOM;
    if (!(value > 0)) {
      return Double.isNaN(value) ? TOP : bottom;
    }
    double share = (Math.log10(value) - least) / (most - least);
    return bottom - Math.clamp(share, 0, 1) * (bottom - TOP);
  }

  /** Every other layer is shaded. */
  private void bands() {
    double half = (WIDTH - LEFT - RIGHT) / points.size() / 2;
    int start = 0;
    for (int i = 1; i <= points.size(); i++) {
      if (i == points.size() || !layer(i).equals(layer(start))) {
        OptionalInt layer = layer(start);
        if (layer.isPresent()) {
          double from = x(start) - half;
          double to = x(i - 1) + half;
          band(layer.getAsInt(), from, to);
        }
        start = i;
      }
    }
  }

  private void band(int layer, double from, double to) {
    if (layer % 2 == 0) {
      svg.append(
          "<rect class=\"band\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>%n"
              .formatted(from, TOP, to - from, HEIGHT - TOP - BOTTOM));
    }
    text((from + to) / 2, HEIGHT - 14, "middle", "", "layer " + layer);
  }

  private OptionalInt layer(int i) {
    return points.get(i).name().layerIfAny();
  }

  private void grid() {
    int step = Math.max(1, (most - least) / 6);
    for (int decade = most; decade >= least; decade -= step) {
      double y = y(Math.pow(10, decade));
      svg.append(
          "<line class=\"grid\" x1=\"%.0f\" x2=\"%.0f\" y1=\"%.1f\" y2=\"%.1f\"/>%n"
              .formatted(LEFT, WIDTH - RIGHT, y, y));
      text(LEFT - 8, y + 4, "end", "", "1e%d".formatted(decade));
    }
  }

  private void firstWrong() {
    for (int i = 0; i < points.size(); i++) {
      if (!points.get(i).worst().within()) {
        svg.append(
            "<line class=\"mark\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>%n"
                .formatted(x(i), x(i), TOP - 6, HEIGHT - BOTTOM));
        boolean right = x(i) > WIDTH / 2;
        text(x(i), TOP - 12, right ? "end" : "start", "mark", points.get(i).name().toString());
        return;
      }
    }
  }

  private void bound() {
    double half = (WIDTH - LEFT - RIGHT) / points.size() / 2;
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < points.size(); i++) {
      double y = y(points.get(i).worst().bound());
      path.append("%s%.1f %.1f".formatted(i == 0 ? "M" : "L", x(i) - half, y));
      path.append("L%.1f %.1f".formatted(x(i) + half, y));
    }
    svg.append("<path class=\"bound\" d=\"%s\"/>%n".formatted(path));
  }

  private void errors() {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < points.size(); i++) {
      line.append("%.1f,%.1f ".formatted(x(i), y(points.get(i).worst().error())));
    }
    svg.append("<polyline class=\"error\" points=\"%s\"/>%n".formatted(line.toString().strip()));
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      String css = point.worst().within() ? point.worst().error() == 0 ? "zero" : "good" : "bad";
      String title =
          "%s: error %s, bound %s"
              .formatted(
                  point.name(),
                  Figures.size(point.worst().error()),
                  Figures.size(point.worst().bound()));
      svg.append(
          "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>%s</title></circle>%n"
              .formatted(css, x(i), y(point.worst().error()), Html.text(title)));
    }
  }

  private void text(double x, double y, String anchor, String css, String text) {
    svg.append(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s</text>%n"
            .formatted(x, y, anchor, css, Html.text(text)));
  }
}
