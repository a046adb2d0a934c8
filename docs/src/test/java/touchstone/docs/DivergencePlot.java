package touchstone.docs;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Draws divergence against size as SVG, legible on light and on dark pages. */
final class DivergencePlot {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 400;
  private static final int LEFT = 78;
  private static final int RIGHT = 24;
  private static final int TOP = 64;
  private static final int BOTTOM = 52;
  private static final double SMALLEST = 3.2; // megabytes
  private static final double LARGEST = 4.3;
  private static final String TEN_TO = "10<tspan dy=\"-6\" font-size=\"10\">%d</tspan>";
  private static final String STYLE =
      """
      text { font: 13px sans-serif; fill: #24292f }
      .grid { stroke: #8c959f; stroke-opacity: 0.35 }
      .axis { stroke: #57606a }
      .gptq { fill: #0969da; stroke: #0969da }
      .rtn { fill: #bc4c00; stroke: #bc4c00 }
      polyline { stroke-width: 1.5 }
      polyline.gptq, polyline.rtn { fill: none }
      @media (prefers-color-scheme: dark) {
        text { fill: #e6edf3 }
        .axis { stroke: #9198a1 }
        .gptq { fill: #58a6ff; stroke: #58a6ff }
        .rtn { fill: #f0883e; stroke: #f0883e }
        polyline.gptq, polyline.rtn { fill: none }
      }
      """;

  private final StringBuilder svg = new StringBuilder();
  private final int lowest; // power of ten
  private final int highest;

  private DivergencePlot(List<MeasuredModel> models) {
    lowest = (int) Math.floor(models.stream().mapToDouble(DivergencePlot::log).min().orElseThrow());
    highest = (int) Math.ceil(models.stream().mapToDouble(DivergencePlot::log).max().orElseThrow());
  }

  /** The picture of quantised models: method {@code gptq} and {@code rtn}. */
  static String of(List<MeasuredModel> models) {
    DivergencePlot plot = new DivergencePlot(models);
    plot.frame();
    plot.series("rtn", "round to nearest", LEFT + 330, models);
    plot.series("gptq", "GPTQ", LEFT + 230, models);
    return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="Divergence \
        from the fp16 model against size; GPTQ and round to nearest">
        <style>
        %s</style>
        %s</svg>
        """
        .formatted(WIDTH, HEIGHT, STYLE, plot.svg);
  }

  private static double log(MeasuredModel model) {
    return Math.log10(model.number("kld"));
  }

  private static double x(double megabytes) {
    return LEFT + (WIDTH - LEFT - RIGHT) * (megabytes - SMALLEST) / (LARGEST - SMALLEST);
  }

  private static double x(MeasuredModel model) {
    return x(model.count("bytes") / 1e6);
  }

  private double y(double log) {
    return TOP + (HEIGHT - TOP - BOTTOM) * (highest - log) / (highest - lowest);
  }

  private void frame() {
    text(WIDTH / 2.0, 22, "middle", "Pebble's answers: divergence from fp16 against size");
    int bottom = HEIGHT - BOTTOM;
    for (int power = lowest; power <= highest; power++) {
      line("grid", LEFT, y(power), WIDTH - RIGHT, y(power));
      text(LEFT - 8, y(power) + 4, "end", TEN_TO.formatted(power));
    }
    for (int tenths = 32; tenths <= 43; tenths += 2) {
      line("grid", x(tenths / 10.0), TOP, x(tenths / 10.0), bottom);
      text(x(tenths / 10.0), bottom + 18, "middle", Numbers.print("%.1f", tenths / 10.0));
    }
    line("axis", LEFT, bottom, WIDTH - RIGHT, bottom);
    line("axis", LEFT, TOP, LEFT, bottom);
    text(
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 12,
        "middle",
        "megabytes; at each point bits / group size, and one standard error");
    double middle = (TOP + bottom) / 2.0;
    svg.append(Numbers.print("<g transform=\"rotate(-90 16 %.0f)\">", middle));
    text(16, middle, "middle", "KL divergence, nats per token");
    svg.append("</g>\n");
  }

  private void series(String method, String name, double legend, List<MeasuredModel> models) {
    List<MeasuredModel> own =
        models.stream()
            .filter(model -> model.method().equals(method))
            .sorted(Comparator.comparingLong(model -> model.count("bytes")))
            .toList();
    String points =
        own.stream()
            .map(model -> Numbers.print("%.1f,%.1f", x(model), y(log(model))))
            .collect(Collectors.joining(" "));
    svg.append("<polyline class=\"%s\" points=\"%s\"/>\n".formatted(method, points));
    mark(method, legend, 44);
    text(legend + 10, 48, "start", name);
    own.forEach(model -> point(method, model));
  }

  /** A mark, one standard error up and down as far as the picture goes, and what it stands for. */
  private void point(String method, MeasuredModel model) {
    double mean = model.number("kld");
    double error = model.number("kld_stderr");
    double high = y(Math.log10(mean + error));
    double low = y(Math.max(lowest, Math.log10(Math.max(mean - error, Double.MIN_NORMAL))));
    line(method, x(model), high, x(model), low);
    mark(method, x(model), y(log(model)));
    String settings = model.settings().replace(" ", "");
    if (method.equals("rtn")) {
      text(x(model) - 4, Math.min(high, y(log(model)) - 5) - 5, "start", settings);
    } else {
      text(x(model), Math.max(low, y(log(model)) + 5) + 13, "middle", settings);
    }
  }

  /** A circle, or a square: the two are told apart without their colours. */
  private void mark(String method, double x, double y) {
    svg.append(
        method.equals("gptq")
            ? Numbers.print(
                "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"/>\n", method, x, y)
            : Numbers.print(
                "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"8\" height=\"8\"/>\n",
                method, x - 4, y - 4));
  }

  private void text(double x, double y, String anchor, String words) {
    svg.append(
        Numbers.print(
            "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor, words));
  }

  private void line(String kind, double x1, double y1, double x2, double y2) {
    svg.append(
        Numbers.print(
            "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
            kind, x1, y1, x2, y2));
  }
}
