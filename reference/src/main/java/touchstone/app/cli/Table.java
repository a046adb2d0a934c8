package touchstone.app.cli;

import java.util.ArrayList;
import java.util.List;
import touchstone.error.TouchstoneException;

/** Columns that align; cells are text from files, so they are escaped. */
final class Table {
  private final boolean[] rightAligned;
  private final List<String[]> rows = new ArrayList<>();

  Table(boolean... rightAligned) {
    this.rightAligned = rightAligned;
  }

  void row(String... cells) {
    String[] printable = new String[cells.length];
    for (int i = 0; i < cells.length; i++) {
      printable[i] = TouchstoneException.printable(cells[i]);
    }
    rows.add(printable);
  }

  List<String> lines() {
    int[] widths = new int[rightAligned.length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private String line(String[] row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.length; i++) {
      String padding = " ".repeat(widths[i] - row[i].length());
      line.append(rightAligned[i] ? padding + row[i] : row[i] + padding).append("  ");
    }
    return line.toString().stripTrailing();
  }
}
