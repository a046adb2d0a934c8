package touchstone.generate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.generate.VicunaConversation.Role;
import touchstone.golden.GoldenData;
import touchstone.json.StrictJson;
import touchstone.json.VectorFile;

class VicunaConversationTest {
  private static final String SYSTEM =
      "A chat between a curious user and an artificial intelligence assistant. The assistant gives"
          + " helpful, detailed, and polite answers to the user's questions.";

  @Test
  @Tag("CHAT-1")
  void oneQuestionEndsWithTheAssistantsNameAndNoSpace() {
    assertThat(VicunaConversation.prompt("Hi!")).isEqualTo(SYSTEM + " USER: Hi! ASSISTANT:");
  }

  /** The line of the Xwin-LM README. */
  @Test
  void answersEndWithTheEndTokenAndNoSpaceFollows() {
    assertThat(
            VicunaConversation.start()
                .user("Hi!")
                .assistant("Hello.")
                .user("Who are you?")
                .assistant("I am Xwin-LM.")
                .render())
        .isEqualTo(
            SYSTEM
                + " USER: Hi! ASSISTANT: Hello.</s>USER: Who are you? ASSISTANT: I am Xwin-LM.</s>");
  }

  @Test
  @Tag("CHAT-2")
  void theSeparatorGoesByPlaceAndNotByRole() {
    assertThat(VicunaConversation.start("S").assistant("a").user("b").render())
        .isEqualTo("S ASSISTANT: a USER: b</s>");
  }

  @Test
  @Tag("CHAT-3")
  void anEmptySystemTextLeavesItsSpaceAndAnEmptyMessageNothing() {
    assertThat(VicunaConversation.start("").user("").assistant("x").render())
        .isEqualTo(" USER:ASSISTANT: x</s>");
  }

  @Test
  void undoTakesBackTheLastQuestionAndWhatFollowed() {
    VicunaConversation one = VicunaConversation.start("S").user("a").assistant("b");
    assertThat(one.user("c").undo()).isEqualTo(one);
    assertThat(one.user("c").awaitAnswer().undo()).isEqualTo(one);
    assertThat(one.undo()).isEqualTo(VicunaConversation.start("S"));
    assertThat(one.undo().undo()).isEqualTo(VicunaConversation.start("S"));
    assertThat(VicunaConversation.start("S").assistant("b").undo().messages()).isEmpty();
  }

  @Test
  void resetKeepsTheSystemText() {
    assertThat(VicunaConversation.start("S").user("a").reset())
        .isEqualTo(VicunaConversation.start("S"));
  }

  @Test
  void addingLeavesTheOldConversationAlone() {
    VicunaConversation old = VicunaConversation.start("S");
    old.user("a");
    assertThat(old.messages()).isEmpty();
  }

  @Test
  @Tag("CHAT-1")
  @Tag("CHAT-2")
  void allFastChatPromptsAreMet() throws IOException {
    Optional<Path> file = GoldenData.shared("vicuna_chat_vectors.jsonl");
    Assumptions.assumeTrue(file.isPresent(), "vicuna_chat_vectors.jsonl is not in the shared data");
    int rows = 0;
    for (String line : Files.readAllLines(file.orElseThrow())) {
      JsonNode row = StrictJson.parse(file.get(), line.getBytes(StandardCharsets.UTF_8));
      VicunaConversation told = conversation(row.get("messages"));
      boolean open = row.get("add_generation_prompt").booleanValue();
      assertThat((open ? told.awaitAnswer() : told).render())
          .as("row n = %s", row.get("n"))
          .isEqualTo(row.get("prompt_fastchat_vicuna_v1.1").textValue());
      rows++;
    }
    assertThat(rows).isEqualTo(43);
  }

  @Test
  @Tag("CHAT-1")
  @Tag("CHAT-2")
  @Tag("CHAT-3")
  void everyGoldenConversationHasItsPrompt() {
    List<JsonNode> vectors = VectorFile.vectors("chat/vicuna");
    assertThat(vectors).hasSize(26);
    for (JsonNode vector : vectors) {
      assertThat(conversation(vector.at("/args/messages")).render())
          .as("%s", vector.get("id"))
          .isEqualTo(VectorFile.output(vector, "text").textValue());
    }
  }

  private static VicunaConversation conversation(JsonNode messages) {
    VicunaConversation conversation = VicunaConversation.start();
    for (JsonNode message : messages) {
      String role = message.get("role").textValue();
      String text = message.get("content").textValue();
      conversation =
          role.equals("system")
              ? VicunaConversation.start(text)
              : conversation.add(Role.valueOf(role.toUpperCase(Locale.ROOT)), text);
    }
    return conversation;
  }
}
