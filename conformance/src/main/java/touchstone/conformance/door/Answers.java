package touchstone.conformance.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** Reads and writes the pieces that the servers' JSON is made of. */
final class Answers {
  private Answers() {}

  static ArrayNode array(int[] ids) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (int id : ids) {
      array.add(id);
    }
    return array;
  }

  /** A list of whole numbers. */
  static int[] ids(JsonNode list) throws NoAnswer {
    if (!list.isArray()) {
      throw NoAnswer.broken("no list of ids where one is due: " + Fields.shortened(list));
    }
    int[] ids = new int[list.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = id(list.get(i));
    }
    return ids;
  }

  static int id(JsonNode id) throws NoAnswer {
    if (!id.isIntegralNumber() || !id.canConvertToInt()) {
      throw NoAnswer.broken("no id where one is due: " + Fields.shortened(id));
    }
    return id.intValue();
  }

  static double number(JsonNode number) throws NoAnswer {
    if (!number.isNumber()) {
      throw NoAnswer.broken("no number where one is due: " + Fields.shortened(number));
    }
    return number.doubleValue();
  }

  static String text(JsonNode text) throws NoAnswer {
    if (!text.isTextual()) {
      throw NoAnswer.broken("no text where one is due: " + Fields.shortened(text));
    }
    return text.textValue();
  }

  /** The field of an object. */
  static JsonNode field(JsonNode json, String... path) throws NoAnswer {
    JsonNode at = json;
    for (String name : path) {
      at = at.isArray() && name.equals("0") ? at.path(0) : at.path(name);
    }
    if (at.isMissingNode() || at.isNull()) {
      throw NoAnswer.broken(
          "no %s in %s".formatted(String.join(".", path), Fields.shortened(json)));
    }
    return at;
  }
}
