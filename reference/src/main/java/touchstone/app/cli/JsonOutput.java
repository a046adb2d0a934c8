package touchstone.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Builds the JSON of {@code --json}; a node's {@code toString} is its JSON on one line. */
final class JsonOutput {
  private JsonOutput() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ArrayNode array(int... values) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode(values.length);
    for (int value : values) {
      array.add(value);
    }
    return array;
  }
}
