package touchstone.conformance.door;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import touchstone.conformance.suite.Expectation;
import touchstone.conformance.suite.ExpectedOutput;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.Vector;

/**
 * What a program is to compute and to write so that {@link FilesRuntime} finds it; no expected number
 * is in it.
 *
 * @param vectors in the order in which they are asked
 */
public record DumpList(List<Vector> vectors) {
  public DumpList {
    vectors = List.copyOf(vectors);
  }

  /**
   * A list of objects with {@code id}, {@code level}, {@code call}, {@code args} as the process protocol
   * sends them, {@code outputs} by name with a type and a shape, and {@code file} less its ending.
   */
  public ArrayNode json() {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (Vector vector : vectors) {
      ObjectNode entry =
          list.addObject()
              .put("id", vector.id())
              .put("level", vector.level().label())
              .put("call", vector.request().call());
      entry.set("args", vector.request().arguments().json());
      ObjectNode outputs = entry.putObject("outputs");
      outputs(vector).forEach(outputs::put);
      entry.put("file", FilesRuntime.fileName(vector.id()));
    }
    return list;
  }

  /** The same for people, without the arguments: a line for each vector, columns aligned. */
  public List<String> table() {
    int file = width(vectors.stream().map(vector -> FilesRuntime.fileName(vector.id())).toList());
    int call = width(vectors.stream().map(vector -> vector.request().call()).toList());
    String line = "%-" + file + "s  %-" + call + "s  %s";
    return vectors.stream()
        .map(
            vector ->
                line.formatted(
                    FilesRuntime.fileName(vector.id()),
                    vector.request().call(),
                    outputs(vector).entrySet().stream()
                        .map(output -> output.getKey() + ": " + output.getValue())
                        .collect(Collectors.joining(", "))))
        .toList();
  }

  private static int width(List<String> cells) {
    return Math.max(1, cells.stream().mapToInt(String::length).max().orElse(1));
  }

  private static Map<String, String> outputs(Vector vector) {
    return switch (vector.expectation()) {
      case Expectation.Valid valid -> described(valid.outputs());
      case Expectation.Acceptable acceptable -> described(acceptable.outputs());
      case Expectation.Invalid _ -> Map.of("error", "a refusal, in a .json file");
    };
  }

  private static Map<String, String> described(Map<String, ExpectedOutput> outputs) {
    Map<String, String> described = new TreeMap<>();
    outputs.forEach((name, output) -> described.put(name, described(output.value())));
    return described;
  }

  /** Truth is f64 where it has no type of its own; a runtime writes the type that it computes in. */
  private static String described(Value value) {
    return switch (value) {
      case Value.Numbers numbers ->
          switch (numbers.tensor().dtype()) {
            case F64, F32 -> "floats " + numbers.tensor().shape();
            default ->
                numbers.tensor().dtype().name().toLowerCase(Locale.ROOT)
                    + " "
                    + numbers.tensor().shape();
          };
      case Value.Sparse _ -> "ids and as many floats";
      case Value.Data data -> data.json().getNodeType().name().toLowerCase(Locale.ROOT);
    };
  }
}
