package touchstone.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * The fields of a JSON object, read by strict types: no number in quotes, no fraction where a whole
 * number is meant, nothing that overflows. Every fault names the file and the field.
 */
final class JsonFields {
  private static final int SHOWN = 60;

  private final String where;
  private final JsonNode object;

  private JsonFields(String where, JsonNode object) {
    this.where = where;
    this.object = object;
  }

  /** The fields of a whole document. */
  static JsonFields of(Path file, JsonNode document) {
    return of(file.toString(), document);
  }

  private static JsonFields of(String where, JsonNode node) {
    if (!node.isObject()) {
      throw TouchstoneException.of(
          Fault.CONFIG, where, shown(node), "an object with fields is needed");
    }
    return new JsonFields(where, node);
  }

  /** The file and, below the top, the path of fields that leads here. */
  String where() {
    return where;
  }

  /** The names of all fields. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Whether the field stands there, be it as null. */
  boolean has(String name) {
    return object.has(name);
  }

  /** Whether the field stands there with a value. */
  boolean hasValue(String name) {
    return object.hasNonNull(name);
  }

  /** The field as it is written. */
  String text(String name) {
    return object.path(name).toString();
  }

  /** The object in a field; empty if it is absent or null. */
  Optional<JsonFields> fields(String name) {
    return hasValue(name)
        ? Optional.of(of(where + ": " + name, object.get(name)))
        : Optional.empty();
  }

  /** A whole number that must be there. */
  int integer(String name) {
    JsonNode node = object.path(name);
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw fault(name, "a whole number of at most 31 bits is needed");
    }
    return node.intValue();
  }

  /** A whole number of at least {@code least}. */
  int integer(String name, int least) {
    int value = integer(name);
    if (value < least) {
      throw fault(name, "at least " + least);
    }
    return value;
  }

  /** As {@link #integer(String, int)}; empty if it is absent or null. */
  OptionalInt optionalInteger(String name, int least) {
    return hasValue(name) ? OptionalInt.of(integer(name, least)) : OptionalInt.empty();
  }

  /** As {@link #integer(String, int)}, with a value to take if the field is absent. */
  int integer(String name, int least, int absent) {
    return has(name) ? integer(name, least) : absent;
  }

  /** A finite number that must be there. */
  double number(String name) {
    JsonNode node = object.path(name);
    if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
      throw fault(name, "a finite number is needed");
    }
    return node.doubleValue();
  }

  /** A finite number between two bounds, both allowed; empty if it is absent or null. */
  OptionalDouble optionalNumber(String name, double least, double most) {
    if (!hasValue(name)) {
      return OptionalDouble.empty();
    }
    double value = number(name);
    if (value < least || value > most) {
      throw fault(name, "between " + least + " and " + most);
    }
    return OptionalDouble.of(value);
  }

  /** True or false, with a value to take if the field is absent. */
  boolean flag(String name, boolean absent) {
    return has(name) ? requireFlag(name) : absent;
  }

  /** True or false; empty if it is absent or null. */
  Optional<Boolean> optionalFlag(String name) {
    return hasValue(name) ? Optional.of(requireFlag(name)) : Optional.empty();
  }

  private boolean requireFlag(String name) {
    if (!object.get(name).isBoolean()) {
      throw fault(name, "true or false");
    }
    return object.get(name).booleanValue();
  }

  /** A string; empty if it is absent or null. */
  Optional<String> string(String name) {
    if (!hasValue(name)) {
      return Optional.empty();
    }
    if (!object.get(name).isTextual()) {
      throw fault(name, "a string is needed");
    }
    return Optional.of(object.get(name).textValue());
  }

  /** The strings of an array; empty if it is absent or null. */
  List<String> strings(String name) {
    List<String> strings = new ArrayList<>();
    for (JsonNode element : array(name)) {
      if (!element.isTextual()) {
        throw fault(name, "an array of strings");
      }
      strings.add(element.textValue());
    }
    return strings;
  }

  private JsonNode array(String name) {
    JsonNode node = object.path(name);
    if (hasValue(name) && !node.isArray()) {
      throw fault(name, "an array");
    }
    return node;
  }

  /** Token ids: one number or an array of them; empty if the field is absent or null. */
  List<Integer> tokenIds(String name) {
    if (!hasValue(name)) {
      return List.of();
    }
    JsonNode node = object.get(name);
    List<Integer> ids = new ArrayList<>();
    for (JsonNode id : node.isArray() ? node : List.of(node)) {
      if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
        throw fault(name, "a token id or an array of them, each at least 0");
      }
      ids.add(id.intValue());
    }
    return ids;
  }

  /** The fault of a field whose value is wrong. */
  TouchstoneException fault(String name, String allowed) {
    String found = has(name) ? shown(object.get(name)) : "missing";
    return TouchstoneException.of(Fault.CONFIG, where + ": " + name, found, allowed);
  }

  /** The fault of a field that asks for what is not supported. */
  TouchstoneException unsupported(String name, String cure) {
    return TouchstoneException.of(
        Fault.UNSUPPORTED, where + ": " + name, shown(object.get(name)), cure);
  }

  private static String shown(JsonNode node) {
    String text = node.toString();
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}
