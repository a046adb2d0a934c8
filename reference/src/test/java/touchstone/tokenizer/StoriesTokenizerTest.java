package touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.json.StrictJson;

/**
 * The 512 pieces of the stories260K model, rewritten from llama2.c's format into a SentencePiece model.
 */
class StoriesTokenizerTest {

  @Test
  void greedyIdsDecodeToTheKnownStory() {
    JsonNode golden = golden();
    String story = tokenizer().decode(Vectors.ids(golden.get("greedy_ids")));
    assertThat(story)
        .startsWith("Once upon a time, there was a little girl named Lily.")
        .endsWith("Lily didn't want to help her mom, so");
    assertThat(" " + story).isEqualTo(golden.get("text").textValue());
  }

  @Test
  void theStoryIsEncodedBackToItsIds() {
    JsonNode golden = golden();
    Tokenizer tokenizer = tokenizer();
    int[] ids = Vectors.ids(golden.get("greedy_ids"));
    assertThat(tokenizer.encode(tokenizer.decode(ids))).isEqualTo(ids);
  }

  @Test
  @Tag("TOK-11")
  void aStreamThatKeepsTheLeadingSpaceGivesRawCompletionText() {
    JsonNode golden = golden();
    StreamingDetokenizer stream = tokenizer().stream(LeadingSpace.KEPT);
    StringBuilder text = new StringBuilder();
    for (int id : Vectors.ids(golden.get("greedy_ids"))) {
      text.append(stream.append(id));
    }
    assertThat(text.append(stream.flush())).hasToString(golden.get("text").textValue());
  }

  private static JsonNode golden() {
    Path file = Vectors.shared("stories260K_golden.json");
    return StrictJson.read(file, StrictJson.TOKENIZER_BYTES).get("stories260K");
  }

  private static Tokenizer tokenizer() {
    byte[] file = Vectors.bytes(Vectors.shared("tok512.bin"));
    ByteBuffer pieces = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).position(4);
    ModelFile model = new ModelFile();
    int count = 0;
    for (; pieces.hasRemaining(); count++) {
      float score = pieces.getFloat();
      byte[] utf8 = new byte[pieces.getInt()];
      pieces.get(utf8);
      String text = new String(utf8, StandardCharsets.UTF_8);
      model.piece(count < 3 ? text.strip() : text.replace(' ', '\u2581'), score, type(count));
    }
    assertThat(count).isEqualTo(512);
    return model.llama(true).tokenizer();
  }

  private static int type(int id) {
    return id == 0
        ? ModelFile.UNKNOWN
        : id < 3 ? ModelFile.CONTROL : id < 259 ? ModelFile.BYTE : ModelFile.NORMAL;
  }
}
