package touchstone.generate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import touchstone.golden.GoldenData;
import touchstone.json.StrictJson;

/**
 * The processors against those of Transformers, on rows that its own classes have processed. Scores
 * are equal in every bit, also where several answers are defensible and the file lists them.
 *
 * @rules TOL-6
 */
class HfProcessorsTest {
  private static final Path FILE = GoldenData.path("vectors/sampling/hf-processors.json");

  private record Case(String id, JsonNode data) {
    @Override
    public String toString() {
      return id;
    }
  }

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (JsonNode row : StrictJson.read(FILE, StrictJson.TOKENIZER_BYTES).get("cases")) {
      cases.add(new Case(row.get("id").textValue(), row));
    }
    return cases.stream();
  }

  @Test
  void theFileIsWhole() {
    assertThat(cases().count()).isGreaterThanOrEqualTo(147);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  @Tag("SAMPLE-1")
  @Tag("SAMPLE-2")
  @Tag("SAMPLE-3")
  @Tag("SAMPLE-4")
  @Tag("SAMPLE-5")
  @Tag("SAMPLE-6")
  @Tag("TOL-6")
  void scoresAreEqualInEveryBit(Case vector) {
    BitSet seen = new BitSet();
    vector.data.get("context").forEach(id -> seen.set(id.intValue()));
    Sampler sampler = new Sampler(parameters(vector.data.get("parameters")), 0);
    float[] scores = sampler.process(floats(vector.data.get("logits")), seen, 0);
    assertThat(bits(scores)).isEqualTo(texts(vector.data.get("scores")));
  }

  private static SamplingParameters parameters(JsonNode p) {
    return new SamplingParameters(
        true,
        p.get("temperature").doubleValue(),
        p.get("top_k").intValue(),
        p.get("top_p").doubleValue(),
        p.get("min_p").isNull() ? 0 : p.get("min_p").doubleValue(),
        p.get("repetition_penalty").doubleValue(),
        0);
  }

  private static float[] floats(JsonNode bits) {
    float[] values = new float[bits.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(Integer.parseUnsignedInt(bits.get(i).textValue(), 16));
    }
    return values;
  }

  private static List<String> bits(float[] values) {
    List<String> bits = new ArrayList<>();
    for (float value : values) {
      bits.add("%08x".formatted(Float.floatToRawIntBits(value)));
    }
    return bits;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(element -> texts.add(element.textValue()));
    return texts;
  }
}
