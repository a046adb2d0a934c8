package touchstone.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import touchstone.golden.GoldenData;

/** The vectors of one file of the golden data, as plain JSON; golden-data/README.md describes it. */
public final class VectorFile {
  private VectorFile() {}

  /** All vectors of a topic, in order. */
  public static List<JsonNode> vectors(String topic) {
    JsonNode file =
        StrictJson.read(GoldenData.path("vectors/" + topic + ".json"), StrictJson.TOKENIZER_BYTES);
    List<JsonNode> vectors = new ArrayList<>();
    for (JsonNode group : file.get("groups")) {
      group.get("vectors").forEach(vectors::add);
    }
    return vectors;
  }

  /** The name of a vector, without its topic. */
  public static String name(JsonNode vector) {
    String id = vector.get("id").textValue();
    return id.substring(id.lastIndexOf('/') + 1);
  }

  /** What is expected under a name. */
  public static JsonNode output(JsonNode vector, String name) {
    return vector.at("/expect/outputs/" + name + "/value");
  }

  /** All values that are right: the expected one, then the others. */
  public static List<JsonNode> right(JsonNode vector, String name) {
    JsonNode values = vector.at("/expect/outputs/" + name + "/accept/values");
    List<JsonNode> all = new ArrayList<>();
    values.forEach(all::add);
    return all.isEmpty() ? List.of(output(vector, name)) : all;
  }

  /** The words of a tensor that stands in the file, as text. */
  public static List<String> words(JsonNode tensor) {
    return Arrays.asList(tensor.get("bits").textValue().split(" "));
  }

  /** An array of JSON numbers. */
  public static int[] ids(JsonNode array) {
    int[] ids = new int[array.size()];
    Arrays.setAll(ids, i -> array.get(i).intValue());
    return ids;
  }

  /** The elements of an i32 tensor. */
  public static int[] ints(JsonNode tensor) {
    return words(tensor).stream().mapToInt(word -> Integer.parseUnsignedInt(word, 16)).toArray();
  }

  /** The elements of an f32 tensor. */
  public static float[] floats(JsonNode tensor) {
    int[] bits = ints(tensor);
    float[] values = new float[bits.length];
    for (int i = 0; i < bits.length; i++) {
      values[i] = Float.intBitsToFloat(bits[i]);
    }
    return values;
  }

  /** A number that is written as {@code f64:hex}. */
  public static double real(JsonNode bits) {
    return Double.longBitsToDouble(Long.parseUnsignedLong(bits.textValue().substring(4), 16));
  }
}
