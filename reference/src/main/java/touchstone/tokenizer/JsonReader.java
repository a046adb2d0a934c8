package touchstone.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * A value in a JSON document that knows its place, so that whatever is wrong with it can be named.
 *
 * @param file that it comes from
 * @param path of the value: {@code model.merges[3]}; empty for the document
 * @param node the value
 */
record JsonReader(String file, String path, JsonNode node) {
  private static final int SHOWN = 60;

  TouchstoneException fault(Fault kind, String found, String cure) {
    return TouchstoneException.of(kind, path.isEmpty() ? file : file + ": " + path, found, cure);
  }

  private TouchstoneException not(String wanted) {
    String value = node.isArray() ? "an array" : node.isObject() ? "an object" : node.toString();
    String found = value.length() > SHOWN ? value.substring(0, SHOWN) + "..." : value;
    return fault(Fault.FORMAT, "found " + found, wanted + " is needed");
  }

  /** A member that may be missing or null. */
  Optional<JsonReader> optional(String name) {
    JsonNode member = node.path(name);
    return member.isMissingNode() || member.isNull()
        ? Optional.empty()
        : Optional.of(new JsonReader(file, path.isEmpty() ? name : path + "." + name, member));
  }

  /** A member that must be there. */
  JsonReader get(String name) {
    requireObject();
    return optional(name)
        .orElseThrow(() -> fault(Fault.FORMAT, "no '" + name + "'", "it must be given"));
  }

  boolean isObject() {
    return node.isObject();
  }

  JsonReader requireObject() {
    if (!node.isObject()) {
      throw not("an object");
    }
    return this;
  }

  /** Names of the members, as they stand. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  List<JsonReader> elements() {
    if (!node.isArray()) {
      throw not("an array");
    }
    List<JsonReader> elements = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      elements.add(new JsonReader(file, path + "[" + i + "]", node.get(i)));
    }
    return elements;
  }

  boolean isText() {
    return node.isTextual();
  }

  String text() {
    if (!node.isTextual()) {
      throw not("a string");
    }
    return node.textValue();
  }

  boolean bool() {
    if (!node.isBoolean()) {
      throw not("true or false");
    }
    return node.booleanValue();
  }

  /** A token id, or another count that is never larger. */
  int natural() {
    if (!node.isInt() || node.intValue() < 0 || node.intValue() >= Vocabulary.LIMIT) {
      throw not("a whole number from 0 to " + (Vocabulary.LIMIT - 1));
    }
    return node.intValue();
  }

  boolean flag(String name, boolean absent) {
    return optional(name).map(JsonReader::bool).orElse(absent);
  }

  /** An added token as both files describe it. */
  AddedToken addedToken(int id) {
    requireObject();
    for (String option : List.of("lstrip", "rstrip", "single_word")) {
      if (flag(option, false)) {
        throw fault(Fault.UNSUPPORTED, option + " is true", "Llama-2's tokens match as they are");
      }
    }
    boolean special = flag("special", false);
    // The default of the Rust library: special tokens are not normalised, others are.
    return new AddedToken(get("content").text(), id, special, flag("normalized", !special));
  }
}
