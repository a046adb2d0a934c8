package touchstone.conformance.mutant;

import java.util.Locale;

/** Draws a kill table as SVG, legible on light and on dark pages: darker, the more vectors fail. */
final class KillPicture {
  private static final int LEFT = 230;
  private static final int TOP = 118;
  private static final int CELL = 20;
  private static final int ROW = 15;
  private static final int MARGIN = 16;
  private static final double FAINTEST = 0.2;
  private static final String STYLE =
      """
      text { font: 11px sans-serif; fill: #24292f }
      rect { fill: #bc4c00 }
      .line { stroke: #8c959f; stroke-opacity: 0.35 }
      @media (prefers-color-scheme: dark) {
        text { fill: #e6edf3 }
        rect { fill: #f0883e }
      }
      """;

  private final KillTable table;
  private final StringBuilder svg = new StringBuilder();

  private KillPicture(KillTable table) {
    this.table = table;
  }

  static String of(KillTable table) {
    KillPicture picture = new KillPicture(table);
    picture.columns();
    for (int line = 0; line < table.lines().size(); line++) {
      picture.line(line);
    }
    return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="Mutants \
        against calls: which share of the required vectors each mutant fails">
        <style>
        %s</style>
        %s</svg>
        """
        .formatted(picture.right() + 3 * MARGIN, picture.bottom() + MARGIN, STYLE, picture.svg);
  }

  private int right() {
    return LEFT + CELL * table.calls().size();
  }

  private int bottom() {
    return TOP + ROW * table.lines().size();
  }

  private void columns() {
    for (int call = 0; call < table.calls().size(); call++) {
      int x = LEFT + CELL * call + CELL / 2 + 4;
      svg.append(
          "<text transform=\"translate(%d %d) rotate(-60)\">%s</text>\n"
              .formatted(x, TOP - 8, table.calls().get(call)));
    }
  }

  private void line(int number) {
    KillTable.Line line = table.lines().get(number);
    int y = TOP + ROW * number;
    svg.append(
        "<line class=\"line\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n"
            .formatted(MARGIN, y, right(), y));
    svg.append(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n"
            .formatted(LEFT - 8, y + ROW - 4, line.mutant()));
    for (int call = 0; call < line.failed().size(); call++) {
      cell(LEFT + CELL * call, y, line.failed().get(call), table.vectors().get(call));
    }
  }

  private void cell(int x, int y, int failed, int vectors) {
    if (failed > 0) {
      double opacity = FAINTEST + (1 - FAINTEST) * failed / vectors;
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill-opacity=\"%.2f\">"
                  + "<title>%d of %d</title></rect>%n",
              x + 1,
              y + 1,
              CELL - 2,
              ROW - 2,
              opacity,
              failed,
              vectors));
    }
  }
}
