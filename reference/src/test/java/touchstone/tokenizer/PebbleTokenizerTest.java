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

/** The committed model Pebble against what sentencepiece and transformers gave for the same rows. */
class PebbleTokenizerTest {
  private static final int TEXTS = 274;
  private static final int SEQUENCES = 123;
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
  @Tag("TOK-9")
  @Tag("TOK-12")
  void textsAreEncodedAndDecodedByBothRules(Tokenizer tokenizer) {
    for (JsonNode row : rows("pebble.jsonl", TEXTS)) {
      String text = row.get("text").textValue();
      int[] plain = Vectors.ids(row.get("ids_spm"));
      int[] special = Vectors.ids(row.get("ids_hf_fast"));
      assertThat(tokenizer.encodePlain(text)).as("row %s", row.get("id")).isEqualTo(plain);
      assertThat(tokenizer.encode(text)).as("row %s", row.get("id")).isEqualTo(special);
      assertThat(tokenizer.decode(plain))
          .as("row %s", row.get("id"))
          .isEqualTo(row.get("decoded_spm").textValue());
      assertThat(tokenizer.decodeAsTransformers(special, true))
          .as("row %s", row.get("id"))
          .isEqualTo(row.get("decoded_hf_skip").textValue());
    }
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  @Tag("TOK-9")
  @Tag("TOK-10")
  @Tag("TOK-12")
  void sequencesAreDecodedByBothRules(Tokenizer tokenizer) {
    for (JsonNode row : rows("pebble-decode.jsonl", SEQUENCES)) {
      int[] ids = Vectors.ids(row.get("ids"));
      assertThat(tokenizer.decode(ids))
          .as("row %s", row.get("id"))
          .isEqualTo(row.get("decoded_spm").textValue());
      assertThat(tokenizer.decodeAsTransformers(ids, true))
          .as("row %s", row.get("id"))
          .isEqualTo(row.get("decoded_hf_skip").textValue());
      assertThat(tokenizer.decodeAsTransformers(ids, false))
          .as("row %s", row.get("id"))
          .isEqualTo(row.get("decoded_hf_keep").textValue());
    }
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  @Tag("CHAT-1")
  @Tag("TOK-7")
  void vicunaPromptsAreEncodedWithThePrefixPerSegment(Tokenizer tokenizer) {
    for (JsonNode row : rows("vicuna-pebble.jsonl", PROMPTS)) {
      assertThat(tokenizer.encode(row.get("prompt").textValue()))
          .as("row %s", row.get("id"))
          .isEqualTo(Vectors.ids(row.get("ids_legacy")));
    }
  }

  private static List<JsonNode> rows(String file, int count) {
    return Vectors.rows(GoldenData.path("vectors/tokenizer/" + file), count);
  }
}
