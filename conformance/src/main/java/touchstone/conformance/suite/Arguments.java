package touchstone.conformance.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Objects;
import touchstone.tensor.Tensor;

/**
 * The arguments of a call. What is absent or of another kind is an {@link IllegalArgumentException}
 * that names it.
 *
 * @param json as on the wire: tensors inline or in files given by absolute paths
 * @param values what reads them
 */
public record Arguments(ObjectNode json, ValueJson values) {
  public Arguments {
    Objects.requireNonNull(json, "json");
    Objects.requireNonNull(values, "values");
  }

  /** Whether there is such an argument. */
  public boolean has(String name) {
    return json.has(name);
  }

  /** An argument as JSON. */
  public JsonNode get(String name) {
    JsonNode value = json.get(name);
    if (value == null) {
      throw new IllegalArgumentException("argument " + name + " is missing");
    }
    return value;
  }

  /** A text. */
  public String text(String name) {
    if (!get(name).isTextual()) {
      throw new IllegalArgumentException("argument " + name + " is no text");
    }
    return get(name).textValue();
  }

  /** A whole number. */
  public int integer(String name) {
    if (!get(name).canConvertToInt()) {
      throw new IllegalArgumentException("argument " + name + " is no whole number");
    }
    return get(name).intValue();
  }

  /** Yes or no. */
  public boolean flag(String name) {
    if (!get(name).isBoolean()) {
      throw new IllegalArgumentException("argument " + name + " is neither true nor false");
    }
    return get(name).booleanValue();
  }

  /** Token ids, positions, or the like. */
  public int[] ids(String name) {
    return ValueJson.ids(get(name));
  }

  /** One number, given by its bits. */
  public double real(String name) {
    return ValueJson.real(text(name));
  }

  /** Numbers. */
  public Tensor tensor(String name) {
    return values.tensor(get(name));
  }
}
