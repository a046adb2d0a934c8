package touchstone.conformance.own;

import com.fasterxml.jackson.databind.JsonNode;
import touchstone.synthetic.ModelShape;
import touchstone.synthetic.SyntheticModel;

/** Reads what a synthetic model is made of. */
final class SyntheticJson {
  private SyntheticJson() {}

  static SyntheticModel read(JsonNode json) {
    JsonNode shape = json.path("shape");
    JsonNode quantisation = json.path("quantisation");
    return new SyntheticModel(
        new ModelShape(
            json.path("name").asText("synthetic"),
            integer(shape, "dim"),
            integer(shape, "hiddenDim"),
            integer(shape, "layers"),
            integer(shape, "heads"),
            integer(shape, "kvHeads"),
            integer(shape, "vocab"),
            integer(shape, "context")),
        integer(quantisation, "bits"),
        integer(quantisation, "groupSize"),
        quantisation.path("actOrder").asBoolean(),
        json.path("seed").asLong());
  }

  private static int integer(JsonNode json, String name) {
    if (!json.path(name).canConvertToInt()) {
      throw new IllegalArgumentException("synthetic: " + name + " is no whole number");
    }
    return json.get(name).intValue();
  }
}
