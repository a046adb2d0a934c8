package touchstone.docs;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A row of docs/data/pebble.csv, which touchstone.conformance.exam.Measurement writes.
 *
 * @param fields by the names in the first line
 */
record MeasuredModel(Map<String, String> fields) {
  static List<MeasuredModel> read(Path csv) {
    List<String> lines = Repository.read(csv).lines().toList();
    String[] names = lines.getFirst().split(",");
    return lines.stream().skip(1).map(line -> of(names, line.split(","))).toList();
  }

  private static MeasuredModel of(String[] names, String[] values) {
    if (names.length != values.length) {
      throw new AssertionError("%d names, %d values".formatted(names.length, values.length));
    }
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      fields.put(names[i], values[i]);
    }
    return new MeasuredModel(fields);
  }

  String method() {
    return fields.get("method");
  }

  /** Bits and group size, as the guides write them. */
  String settings() {
    String group = fields.get("group_size");
    return fields.get("bits") + " / " + (group.equals("-1") ? "all" : group);
  }

  boolean isQuantised() {
    return !method().equals("fp16");
  }

  double number(String field) {
    return Double.parseDouble(fields.get(field));
  }

  long count(String field) {
    return Long.parseLong(fields.get(field));
  }
}
