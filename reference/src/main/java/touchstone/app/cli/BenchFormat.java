package touchstone.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How results are printed. Those for programs appear as they come, the table when all are there. */
enum BenchFormat {
  /** A table in Markdown. */
  MD,
  /** An array of objects, one per line. */
  JSON,
  /** A line of names, then one per result; without the samples. */
  CSV;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Begins an output. */
  Output to(Terminal terminal) {
    return new Output(this, terminal);
  }

  /** An output in one format. */
  static final class Output {
    private final BenchFormat format;
    private final Terminal terminal;
    private final List<BenchResult> results = new ArrayList<>();

    private Output(BenchFormat format, Terminal terminal) {
      this.format = format;
      this.terminal = terminal;
    }

    void add(BenchResult result) {
      boolean first = results.isEmpty();
      results.add(result);
      switch (format) {
        case MD -> {}
        case JSON -> terminal.print((first ? "[\n" : ",\n") + BenchFields.of(result));
        case CSV -> {
          ObjectNode fields = columns(result);
          if (first) {
            terminal.println(
                String.join(",", fields.propertyStream().map(e -> e.getKey()).toList()));
          }
          terminal.println(
              fields
                  .propertyStream()
                  .map(e -> cell(e.getValue()))
                  .collect(Collectors.joining(",")));
        }
      }
      terminal.flush();
    }

    void end() {
      switch (format) {
        case MD -> BenchTable.lines(results).forEach(terminal::println);
        case JSON -> terminal.println("\n]");
        case CSV -> {}
      }
    }

    private static ObjectNode columns(BenchResult result) {
      return BenchFields.of(result).without(List.of("samples_ns", "samples_ts"));
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
