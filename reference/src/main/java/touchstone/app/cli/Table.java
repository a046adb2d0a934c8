package touchstone.app.cli;

import java.util.ArrayList;
import java.util.List;
import touchstone.error.TouchstoneException;

/** Columns that align; cells are text from files, so they are escaped. */
public final class Table {
  private final boolean[] rightAligned;
  private final List<String[]> rows = new ArrayList<>();

  /** A table without rows, whose columns are aligned so. */
  public Table(boolean... rightAligned) {
    this.rightAligned = rightAligned;
  }

  /** Adds a row. */
  public void row(String... cells) {
    String[] printable = new String[cells.length];
    for (int i = 0; i < cells.length; i++) {
      printable[i] = TouchstoneException.printable(cells[i]);
    }
    rows.add(printable);
  }

  /** The rows for a terminal. */
  public List<String> lines() {
    int[] widths = widths();
    return rows.stream().map(row -> line(row, widths, "  ").stripTrailing()).toList();
  }

  /** As a table in Markdown, whose first row is the head. */
  public List<String> markdown() {
    int[] widths = widths();
    List<String> lines = new ArrayList<>();
    for (String[] row : rows) {
      lines.add("| " + line(row, widths, " | ") + " |");
    }
    StringBuilder rule = new StringBuilder("|");
    for (int i = 0; i < widths.length; i++) {
      rule.append(" ").append("-".repeat(widths[i])).append(rightAligned[i] ? ":|" : " |");
    }
    lines.add(1, rule.toString());
    return lines;
  }

  private int[] widths() {
    int[] widths = new int[rightAligned.length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    return widths;
  }

  private String line(String[] row, int[] widths, String between) {
    String[] cells = new String[row.length];
    for (int i = 0; i < row.length; i++) {
      String padding = " ".repeat(widths[i] - row[i].length());
      cells[i] = rightAligned[i] ? padding + row[i] : row[i] + padding;
    }
    return String.join(between, cells);
  }
}
