package touchstone.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.json.StrictJson;

/** How the lines of an input are to be read. */
enum LineFormat {
  /** A line is the value itself. */
  TEXT,
  /** A line is a JSON object with the value in a field. */
  JSONL;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The object on a line, with the field that it must have. */
  static JsonNode object(String line, String where, String field) {
    JsonNode object = StrictJson.parse(where, line.getBytes(StandardCharsets.UTF_8));
    if (!object.isObject() || !object.has(field)) {
      throw TouchstoneException.of(
          Fault.FORMAT,
          where,
          "no field \"" + field + "\"",
          "each line is an object such as {\"%s\": ...}".formatted(field));
    }
    return object;
  }
}
