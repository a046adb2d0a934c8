package touchstone.conformance.own;

import java.util.List;
import touchstone.generate.VicunaConversation;

/** From a conversation to the prompt that asks for its next message. */
@FunctionalInterface
public interface Template {
  /** As the reference does it: Vicuna 1.1. */
  Template VICUNA = conversation -> conversation(conversation).render();

  /**
   * One message.
   *
   * @param role {@code system}, which may only come first, {@code user} or {@code assistant}
   * @param content empty if it is still to be written
   */
  record Message(String role, String content) {}

  /** The prompt. */
  String prompt(List<Message> messages);

  private static VicunaConversation conversation(List<Message> messages) {
    boolean told = !messages.isEmpty() && messages.getFirst().role().equals("system");
    VicunaConversation conversation =
        told ? VicunaConversation.start(messages.getFirst().content()) : VicunaConversation.start();
    for (Message message : messages.subList(told ? 1 : 0, messages.size())) {
      conversation = conversation.add(role(message.role()), message.content());
    }
    return conversation;
  }

  private static VicunaConversation.Role role(String role) {
    return switch (role) {
      case "user" -> VicunaConversation.Role.USER;
      case "assistant" -> VicunaConversation.Role.ASSISTANT;
      default -> throw new IllegalArgumentException("a message of the role " + role);
    };
  }
}
