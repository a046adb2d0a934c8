package touchstone.conformance.llama;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import touchstone.conformance.suite.Accept;
import touchstone.conformance.suite.Expectation;
import touchstone.conformance.suite.ExpectedOutput;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.ValueJson;
import touchstone.conformance.suite.Vector;
import touchstone.golden.GoldenData;
import touchstone.json.StrictJson;
import touchstone.tensor.Activations;
import touchstone.tensor.Tensor;

/** Finds golden vectors and measures how far values are from them. */
final class GoldenVectors {
  /** Our kernels apply scale and zero point to sums of a group, centred. */
  static final String PROFILE = "f32-grouped";

  private static final Suite SUITE = Suite.open(GoldenData.root());

  private GoldenVectors() {}

  /** The vectors of a topic, or of all topics below a folder. */
  static List<Vector> of(String topic) {
    List<Vector> found =
        SUITE.vectors().stream()
            .filter(v -> v.topic().equals(topic) || v.topic().startsWith(topic + "/"))
            .filter(v -> v.expectation() instanceof Expectation.Valid)
            .toList();
    if (found.isEmpty()) {
      throw new AssertionError("no vectors of " + topic);
    }
    return found;
  }

  /** Where a vector stands, as JSON with all its fields. */
  static JsonNode json(Vector vector) {
    JsonNode file = json(GoldenData.path("vectors/" + vector.topic() + ".json"));
    for (JsonNode group : file.get("groups")) {
      for (JsonNode candidate : group.get("vectors")) {
        if (candidate.get("id").textValue().equals(vector.id())) {
          return candidate;
        }
      }
    }
    throw new AssertionError("no vector " + vector.id());
  }

  static JsonNode json(Path file) {
    return StrictJson.read(file, StrictJson.TOKENIZER_BYTES);
  }

  /** A tensor that a vector carries for information. */
  static Tensor information(Vector vector, String name) {
    JsonNode json = json(vector).path("information").path(name);
    return json.has("blob")
        ? SUITE
            .files()
            .tensor(
                GoldenData.path("blobs/" + json.get("blob").textValue() + ".safetensors"),
                json.get("tensor").textValue())
        : new ValueJson(SUITE.files()).tensor(json);
  }

  /** The folder of the model that a vector asks about. */
  static Path model(Vector vector) {
    return GoldenData.path(vector.request().arguments().text("model"));
  }

  static ExpectedOutput output(Vector vector, String name) {
    return switch (vector.expectation()) {
      case Expectation.Valid(var outputs) -> outputs.get(name);
      case Expectation.Acceptable(var outputs) -> outputs.get(name);
      case Expectation.Invalid _ -> throw new AssertionError(vector.id() + " is to be refused");
    };
  }

  static Tensor truth(Vector vector, String name) {
    return ((Value.Numbers) output(vector, name).value()).tensor();
  }

  static int[] ids(Vector vector, String name) {
    return ValueJson.ids(((Value.Data) output(vector, name).value()).json());
  }

  /** How far our kernels may be from the truth. */
  static double bound(Vector vector, String name) {
    return switch (output(vector, name).accept()) {
      case Accept.Spread spread -> spread.factor() * spread.spread().get(PROFILE);
      case Accept.Tokens tokens -> tokens.factor() * tokens.spread().get(PROFILE);
      default -> throw new AssertionError(vector.id() + " has no spread");
    };
  }

  /** The largest distance to the truth; infinite where one is finite and the other is not. */
  static double distance(Activations values, Tensor truth) {
    if (truth.elements() != (long) values.rows() * values.columns()) {
      throw new AssertionError(
          "%s is %s, got [%d, %d]"
              .formatted(truth.name(), truth.shape(), values.rows(), values.columns()));
    }
    double largest = 0;
    for (int i = 0; i < truth.elements(); i++) {
      double expected = truth.doubleAt(i);
      double found = values.values()[values.offset() + i];
      double distance = expected == found ? 0 : Math.abs(expected - found);
      largest = Math.max(largest, Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance);
    }
    return largest;
  }
}
