package touchstone.conformance.suite;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Objects;
import touchstone.tensor.Tensor;

/** What a runtime is given or gives back under one name. */
public sealed interface Value {
  /** Numbers, with a type and a shape. */
  record Numbers(Tensor tensor) implements Value {
    public Numbers {
      Objects.requireNonNull(tensor, "tensor");
    }
  }

  /**
   * Numbers at some places of a vector: what a server that tells only the likeliest tokens gives.
   *
   * @param ids places, as many as there are values
   * @param values one number for each
   */
  record Sparse(int[] ids, Tensor values) implements Value {
    public Sparse {
      if (values.elements() != ids.length) {
        throw new IllegalArgumentException(
            "%d ids and %d values".formatted(ids.length, values.elements()));
      }
    }
  }

  /** What has no rounding: ids, text, configurations. Two are equal if their JSON is. */
  record Data(JsonNode json) implements Value {
    public Data {
      Objects.requireNonNull(json, "json");
    }
  }
}
