package touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import touchstone.golden.GoldenData;
import touchstone.json.VectorFile;

/**
 * The committed model Pebble against what tokenizers and sentencepiece gave. Where their rules differ
 * a vector lists both answers, that of tokenizers first.
 */
class PebbleTokenizerTest {
  private static final int TEXTS = 339;
  private static final int SEQUENCES = 379;
  private static final int STREAMS = 37;
  private static final int PROMPTS = 26;

  static Stream<Tokenizer> tokenizers() {
    Path model = GoldenData.path("models/pebble");
    return Stream.of(
        Tokenizer.load(model),
        Tokenizer.ofModelFile(model.resolve("tokenizer.model")),
        Tokenizer.ofJsonFile(model.resolve("tokenizer.json")));
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  @Tag("TOK-1")
  @Tag("TOK-6")
  @Tag("TOK-7")
  @Tag("TOK-8")
  void textsAreEncodedByBothRules(Tokenizer tokenizer) {
    for (JsonNode vector : vectors("tokenizer/tokenize", TEXTS)) {
      String text = vector.at("/args/text").textValue();
      List<JsonNode> right = VectorFile.right(vector, "ids");
      int[] plain = VectorFile.ids(right.getLast());
      boolean bos = vector.at("/args/bos").booleanValue();
      assertThat(bos ? withBos(tokenizer.encodePlain(text)) : tokenizer.encodePlain(text))
          .as("%s", vector.get("id"))
          .isEqualTo(plain);
      if (bos) {
        assertThat(tokenizer.encode(text))
            .as("%s", vector.get("id"))
            .isEqualTo(VectorFile.ids(right.getFirst()));
      }
    }
  }

  private static int[] withBos(int[] ids) {
    int[] all = new int[ids.length + 1];
    all[0] = 1;
    System.arraycopy(ids, 0, all, 1, ids.length);
    return all;
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  @Tag("TOK-9")
  @Tag("TOK-10")
  @Tag("TOK-12")
  void sequencesAreDecodedByBothRules(Tokenizer tokenizer) {
    for (JsonNode vector : vectors("tokenizer/detokenize", SEQUENCES)) {
      int[] ids = VectorFile.ids(vector.at("/args/ids"));
      List<JsonNode> right = VectorFile.right(vector, "text");
      assertThat(tokenizer.decode(ids))
          .as("%s", vector.get("id"))
          .isEqualTo(right.getLast().textValue());
      assertThat(tokenizer.decodeAsTransformers(ids, true))
          .as("%s", vector.get("id"))
          .isEqualTo(right.getFirst().textValue());
      assertThat(tokenizer.decodeAsTransformers(ids, false))
          .as("%s", vector.get("id"))
          .isEqualTo(vector.at("/information/withSpecials").textValue());
    }
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  @Tag("TOK-11")
  void streamsShowAllThatIsDecided(Tokenizer tokenizer) {
    for (JsonNode vector : vectors("tokenizer/stream", STREAMS)) {
      JsonNode chunks = VectorFile.output(vector, "chunks");
      StreamingDetokenizer stream = tokenizer.stream(LeadingSpace.STRIPPED);
      for (int i = 0; i < chunks.size() - 1; i++) {
        assertThat(stream.append(vector.at("/args/ids").get(i).intValue()))
            .as("%s, chunk %d", vector.get("id"), i)
            .isEqualTo(chunks.get(i).textValue());
      }
      assertThat(stream.flush())
          .as("%s, rest", vector.get("id"))
          .isEqualTo(chunks.get(chunks.size() - 1).textValue());
    }
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  @Tag("CHAT-1")
  @Tag("TOK-7")
  void vicunaPromptsAreEncodedWithThePrefixPerSegment(Tokenizer tokenizer) {
    for (JsonNode vector : vectors("tokenizer/prompts", PROMPTS)) {
      assertThat(tokenizer.encode(vector.at("/args/text").textValue()))
          .as("%s", vector.get("id"))
          .isEqualTo(VectorFile.ids(VectorFile.output(vector, "ids")));
    }
  }

  private static List<JsonNode> vectors(String topic, int count) {
    List<JsonNode> vectors = VectorFile.vectors(topic);
    assertThat(vectors).as(topic).hasSize(count);
    return vectors;
  }
}
