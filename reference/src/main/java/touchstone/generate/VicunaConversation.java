package touchstone.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A conversation in the format that Vicuna 1.1 was trained on, and with it Xwin-LM.
 *
 * <pre>
 * prompt = system + " " + part[0] + part[1] + ...
 * part[i] = ROLE + ": " + text + separator[i mod 2]      separators: " " and "&lt;/s&gt;"
 * part[i] = ROLE + ":"                                   for a message that is still to be written
 * </pre>
 *
 * The separator goes by the place of a message, not by its role. Nothing is trimmed. An empty system
 * text still leaves its space. The prompt is text: the tokenizer puts the beginning token before it
 * and reads {@code </s>} as the token that ends an answer.
 *
 * @param system what the model is told about itself
 * @param messages in order; one with an empty text is still to be written
 * @source FastChat 0e6d3e4 conversation.py, template vicuna_v1.1 with SeparatorStyle.ADD_COLON_TWO;
 *     Xwin-LM's model card gives the same text
 * @rules CHAT-1 CHAT-2 CHAT-3
 */
public record VicunaConversation(String system, List<Message> messages) {
  /** The system text of the template. */
  public static final String DEFAULT_SYSTEM =
      "A chat between a curious user and an artificial intelligence assistant. The assistant gives"
          + " helpful, detailed, and polite answers to the user's questions.";

  private static final List<String> SEPARATORS = List.of(" ", "</s>");

  /** Who speaks; the name is what stands in the prompt. */
  public enum Role {
    USER,
    ASSISTANT
  }

  /**
   * What somebody says.
   *
   * @param text empty if it is still to be written
   */
  public record Message(Role role, String text) {
    public Message {
      Objects.requireNonNull(role, "role");
      Objects.requireNonNull(text, "text");
    }
  }

  public VicunaConversation {
    Objects.requireNonNull(system, "system");
    messages = List.copyOf(messages);
  }

  /** A conversation with the system text of the template and no messages. */
  public static VicunaConversation start() {
    return start(DEFAULT_SYSTEM);
  }

  /** A conversation with a system text of its own and no messages. */
  public static VicunaConversation start(String system) {
    return new VicunaConversation(system, List.of());
  }

  /** The prompt that asks the model for the first answer to one question. */
  public static String prompt(String question) {
    return start().user(question).awaitAnswer().render();
  }

  /** This, and then a message of the user. */
  public VicunaConversation user(String text) {
    return add(Role.USER, text);
  }

  /** This, and then a message of the assistant. */
  public VicunaConversation assistant(String text) {
    return add(Role.ASSISTANT, text);
  }

  /** This, and then a message that the assistant is still to write. */
  public VicunaConversation awaitAnswer() {
    return add(Role.ASSISTANT, "");
  }

  /** This, and then a message. */
  public VicunaConversation add(Role role, String text) {
    List<Message> more = new ArrayList<>(messages);
    more.add(new Message(role, text));
    return new VicunaConversation(system, more);
  }

  /**
   * This without the user's last message and everything after it; without any message if the user
   * said nothing.
   */
  public VicunaConversation undo() {
    int kept = messages.size() - 1;
    while (kept > 0 && messages.get(kept).role() != Role.USER) {
      kept--;
    }
    return new VicunaConversation(system, messages.subList(0, Math.max(0, kept)));
  }

  /** This without its messages. */
  public VicunaConversation reset() {
    return start(system);
  }

  /** The prompt. */
  public String render() {
    StringBuilder prompt = new StringBuilder(system).append(' ');
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      prompt.append(message.role().name()).append(':');
      if (!message.text().isEmpty()) {
        prompt.append(' ').append(message.text()).append(SEPARATORS.get(i % 2));
      }
    }
    return prompt.toString();
  }
}
