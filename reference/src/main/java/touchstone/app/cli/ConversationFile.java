package touchstone.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import touchstone.checkpoint.AtomicFile;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.generate.VicunaConversation;
import touchstone.generate.VicunaConversation.Role;
import touchstone.json.StrictJson;

/**
 * A conversation as a file: {@code {"system": ..., "messages": [{"role": "user", "content": ...},
 * ...]}}, the shape in which servers take conversations.
 */
final class ConversationFile {
  private ConversationFile() {}

  static void save(VicunaConversation conversation, Path file) {
    ObjectNode root = JsonOutput.object().put("system", conversation.system());
    ArrayNode messages = root.putArray("messages");
    for (VicunaConversation.Message message : conversation.messages()) {
      messages
          .addObject()
          .put("role", message.role().name().toLowerCase(Locale.ROOT))
          .put("content", message.text());
    }
    byte[] bytes = (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, bytes);
  }

  static VicunaConversation load(Path file) {
    JsonNode root = StrictJson.read(file, StrictJson.TOKENIZER_BYTES);
    VicunaConversation conversation = VicunaConversation.start(text(root, "system", file));
    JsonNode messages = root.path("messages");
    if (!messages.isArray()) {
      throw fault(file, "messages", "an array of messages is needed");
    }
    for (JsonNode message : messages) {
      Role role =
          switch (text(message, "role", file)) {
            case "user" -> Role.USER;
            case "assistant" -> Role.ASSISTANT;
            default -> throw fault(file, "role", "user or assistant");
          };
      conversation = conversation.add(role, text(message, "content", file));
    }
    return conversation;
  }

  private static String text(JsonNode object, String field, Path file) {
    if (!object.path(field).isTextual()) {
      throw fault(file, field, "a string is needed");
    }
    return object.get(field).textValue();
  }

  private static TouchstoneException fault(Path file, String field, String allowed) {
    return TouchstoneException.of(
        Fault.FORMAT, file, "\"" + field + "\" does not fit", allowed + "; write one with /save");
  }
}
