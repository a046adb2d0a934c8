package touchstone.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How results are printed. Those for programs appear as they come, the table when all are there. */
enum TableFormat {
  /** A table in Markdown. */
  MD,
  /** An array of objects, one per line. */
  JSON,
  /** A line of names, then one per result; without fields that are lists. */
  CSV;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Begins an output.
   *
   * @param fields a result for programs; the same names for all of them
   * @param table all results for people
   */
  <R> Output<R> to(
      Terminal terminal, Function<R, ObjectNode> fields, Function<List<R>, List<String>> table) {
    return new Output<>(this, terminal, fields, table);
  }

  /** An output in one format. */
  static final class Output<R> {
    private final TableFormat format;
    private final Terminal terminal;
    private final Function<R, ObjectNode> fields;
    private final Function<List<R>, List<String>> table;
    private final List<R> results = new ArrayList<>();

    private Output(
        TableFormat format,
        Terminal terminal,
        Function<R, ObjectNode> fields,
        Function<List<R>, List<String>> table) {
      this.format = format;
      this.terminal = terminal;
      this.fields = fields;
      this.table = table;
    }

    void add(R result) {
      boolean first = results.isEmpty();
      results.add(result);
      switch (format) {
        case MD -> {}
        case JSON -> terminal.print((first ? "[\n" : ",\n") + fields.apply(result));
        case CSV -> {
          List<Map.Entry<String, JsonNode>> columns = columns(result);
          if (first) {
            terminal.println(
                columns.stream().map(Map.Entry::getKey).collect(Collectors.joining(",")));
          }
          terminal.println(
              columns.stream().map(e -> cell(e.getValue())).collect(Collectors.joining(",")));
        }
      }
      terminal.flush();
    }

    void end() {
      switch (format) {
        case MD -> table.apply(results).forEach(terminal::println);
        case JSON -> terminal.println("\n]");
        case CSV -> {}
      }
    }

    private List<Map.Entry<String, JsonNode>> columns(R result) {
      return fields.apply(result).propertyStream().filter(e -> !e.getValue().isArray()).toList();
    }

    /** Text in quotation marks, as llama-bench writes it; nothing for null. */
    private static String cell(JsonNode value) {
      if (value.isTextual()) {
        return "\"" + value.textValue().replace("\"", "\"\"") + "\"";
      }
      return value.isNull() ? "" : value.toString();
    }
  }
}
