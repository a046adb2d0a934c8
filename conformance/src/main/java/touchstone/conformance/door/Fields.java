package touchstone.conformance.door;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** The fields of an object that a runtime wrote: those that are known and no others. */
final class Fields {
  private final String where;
  private final JsonNode object;

  private Fields(String where, JsonNode object) {
    this.where = where;
    this.object = object;
  }

  /**
   * The fields of an object.
   *
   * @param where what the object is, for messages
   * @throws ProtocolException if it is none, or has a field beside those known
   */
  static Fields of(String where, JsonNode json, Set<String> known) throws ProtocolException {
    if (!json.isObject()) {
      throw new ProtocolException("%s is no JSON object: %s".formatted(where, shortened(json)));
    }
    Set<String> unknown = new TreeSet<>();
    json.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new ProtocolException(
          "%s has unknown fields %s; known are %s".formatted(where, unknown, new TreeSet<>(known)));
    }
    return new Fields(where, json);
  }

  boolean has(String name) {
    return object.has(name);
  }

  JsonNode get(String name) throws ProtocolException {
    JsonNode value = object.path(name);
    if (value.isMissingNode() || value.isNull()) {
      throw new ProtocolException("%s lacks the field %s".formatted(where, name));
    }
    return value;
  }

  String text(String name) throws ProtocolException {
    JsonNode value = get(name);
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw wrong(name, "a text", value);
    }
    return value.textValue();
  }

  Optional<String> optionalText(String name) throws ProtocolException {
    return has(name) ? Optional.of(text(name)) : Optional.empty();
  }

  long number(String name) throws ProtocolException {
    JsonNode value = get(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong(name, "a whole number", value);
    }
    return value.longValue();
  }

  OptionalInt optionalCount(String name) throws ProtocolException {
    if (!has(name)) {
      return OptionalInt.empty();
    }
    long count = number(name);
    if (count < 1 || count > Integer.MAX_VALUE) {
      throw wrong(name, "at least 1", get(name));
    }
    return OptionalInt.of((int) count);
  }

  Set<String> texts(String name) throws ProtocolException {
    JsonNode value = get(name);
    Set<String> texts = new TreeSet<>();
    for (JsonNode item : value) {
      if (!item.isTextual() || !texts.add(item.textValue())) {
        throw wrong(name, "a list of different texts", value);
      }
    }
    if (!value.isArray()) {
      throw wrong(name, "a list of different texts", value);
    }
    return texts;
  }

  private ProtocolException wrong(String name, String needed, JsonNode found) {
    return new ProtocolException(
        "%s: %s must be %s, not %s".formatted(where, name, needed, shortened(found)));
  }

  static String shortened(JsonNode json) {
    String text = json.toString();
    return text.length() <= 80 ? text : text.substring(0, 77) + "...";
  }
}
