package touchstone.generate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import touchstone.json.VectorFile;

/**
 * The processors against those of Transformers, on rows that its own classes have processed. Scores
 * are equal in every bit, also where several answers are defensible and the vector is not required.
 *
 * @rules TOL-6
 */
class HfProcessorsTest {
  private record Case(String id, JsonNode data) {
    @Override
    public String toString() {
      return id;
    }
  }

  static Stream<Case> cases() {
    return VectorFile.vectors("sampling/processors").stream()
        .map(vector -> new Case(VectorFile.name(vector), vector));
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
    JsonNode args = vector.data.get("args");
    BitSet seen = new BitSet();
    args.get("previous").forEach(id -> seen.set(id.intValue()));
    Sampler sampler = new Sampler(parameters(args), 0);
    float[] scores = sampler.process(VectorFile.floats(args.get("logits")), seen, 0);
    assertThat(bits(scores)).isEqualTo(VectorFile.words(vector.data.at("/information/scores")));
  }

  private static SamplingParameters parameters(JsonNode args) {
    return new SamplingParameters(
        true,
        VectorFile.real(args.get("temperature")),
        args.get("topK").intValue(),
        VectorFile.real(args.get("topP")),
        VectorFile.real(args.get("minP")),
        VectorFile.real(args.get("repetitionPenalty")),
        0);
  }

  private static List<String> bits(float[] values) {
    List<String> bits = new ArrayList<>();
    for (float value : values) {
      bits.add("%08x".formatted(Float.floatToRawIntBits(value)));
    }
    return bits;
  }
}
