package touchstone.conformance.exam;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.generate.VicunaConversation;
import touchstone.generate.VicunaConversation.Role;
import touchstone.json.StrictJson;

/**
 * The last question of a conversation, and its one right answer.
 *
 * @param id tells it from the others of its file
 * @param category what it is about
 * @param kind what of it the training held out
 * @param asked the conversation up to and with the question
 * @param answer to the letter, but for white space
 */
public record Question(
    String id, String category, String kind, VicunaConversation asked, String answer) {
  public Question {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(category, "category");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(asked, "asked");
    Objects.requireNonNull(answer, "answer");
  }

  /**
   * Reads a file with an object per line: {@code id}, {@code category}, {@code kind}, {@code messages}
   * of {@code role} and {@code content}, {@code answer}.
   *
   * @throws TouchstoneException if it cannot be read or a line is something else
   */
  public static List<Question> read(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.map(line -> parse(file, line)).toList();
    } catch (IOException e) {
      throw TouchstoneException.of(
          Fault.MISSING, file, e.getClass().getSimpleName(), "a file of questions, one a line");
    }
  }

  private static Question parse(Path file, String line) {
    JsonNode row = StrictJson.parse(file, line.getBytes(StandardCharsets.UTF_8));
    VicunaConversation asked = VicunaConversation.start();
    for (JsonNode message : row.path("messages")) {
      Role role = Role.valueOf(text(file, message, "role").toUpperCase(Locale.ROOT));
      asked = asked.add(role, text(file, message, "content"));
    }
    return new Question(
        text(file, row, "id"),
        text(file, row, "category"),
        text(file, row, "kind"),
        asked,
        text(file, row, "answer"));
  }

  private static String text(Path file, JsonNode object, String field) {
    if (!object.path(field).isTextual()) {
      throw TouchstoneException.of(
          Fault.FORMAT, file, "a line without the text '" + field + "'", "see Question.read");
    }
    return object.get(field).textValue();
  }

  /** Whether something was said before the question. */
  public boolean hasEarlierTurns() {
    return asked.messages().size() > 1;
  }

  /** What the model is given. */
  public String prompt() {
    return asked.awaitAnswer().render();
  }

  /** The same, with the right answer and its end. */
  public String answered() {
    return asked.assistant(answer).render();
  }
}
