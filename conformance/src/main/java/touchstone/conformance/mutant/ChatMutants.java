package touchstone.conformance.mutant;

import java.util.List;
import java.util.Locale;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.own.Seams;
import touchstone.conformance.own.Template;
import touchstone.conformance.own.Template.Message;
import touchstone.generate.VicunaConversation;

/** Mistakes in prompts: group C of the catalogue, row 7. */
final class ChatMutants {
  private ChatMutants() {}

  /**
   * What a template may get wrong.
   *
   * @param system what stands between the system text and the first message
   * @param turns what stands after the messages, by turns
   * @param byRole whether the user's messages end like the first, wherever they stand
   * @param awaited what stands after the role of a message that is still to be written
   */
  private record Form(String system, List<String> turns, boolean byRole, String awaited) {
    String prompt(List<Message> messages) {
      boolean told = messages.getFirst().role().equals("system");
      StringBuilder prompt =
          new StringBuilder(
              told ? messages.getFirst().content() : VicunaConversation.DEFAULT_SYSTEM);
      prompt.append(system);
      List<Message> said = messages.subList(told ? 1 : 0, messages.size());
      for (int place = 0; place < said.size(); place++) {
        Message message = said.get(place);
        prompt.append(message.role().toUpperCase(Locale.ROOT)).append(':');
        prompt.append(
            message.content().isEmpty()
                ? awaited
                : " " + message.content() + turns.get(turn(place, message)));
      }
      return prompt.toString();
    }

    private int turn(int place, Message message) {
      return byRole ? (message.role().equals("user") ? 0 : 1) : place % 2;
    }
  }

  static List<Mutant> all() {
    return List.of(
        form(
            "vicuna-newlines",
            "lines instead of spaces between the turns",
            "Other ids from the first turn on; answers are a little worse.",
            "The template of text-generation-webui and of llama.cpp, which has line ends.",
            new Form("\n\n", List.of("\n", "</s>\n"), false, ""),
            "https://github.com/oobabooga/text-generation-webui/pull/3792"),
        form(
            "vicuna-end-missing",
            "no </s> after an answer",
            "From the second turn on: the model continues its answers in the user's name.",
            "The separator is a space for both roles, as in Vicuna 0.",
            new Form(" ", List.of(" ", " "), false, ""),
            "https://github.com/Xwin-LM/Xwin-LM"),
        form(
            "vicuna-space-after-end",
            "a space after </s>",
            "From the second turn on: another token for USER.",
            "Turns are joined by spaces.",
            new Form(" ", List.of(" ", "</s> "), false, ""),
            "https://github.com/lm-sys/FastChat/blob/main/fastchat/conversation.py"),
        form(
            "vicuna-space-awaited",
            "a space after ASSISTANT:",
            "The first word of an answer lacks its blank, or two stand there; answers are worse.",
            "The answer's text is put in as an empty one.",
            new Form(" ", List.of(" ", "</s>"), false, " "),
            "https://github.com/lm-sys/FastChat/issues/2494"),
        form(
            "vicuna-separator-by-role",
            "separators go by role and not by place",
            "Conversations in which somebody speaks twice in a row.",
            "The template is read as one of pairs.",
            new Form(" ", List.of(" ", "</s>"), true, ""),
            "https://github.com/lm-sys/FastChat/blob/main/fastchat/conversation.py"),
        mutant(
            "vicuna-trimmed",
            "messages are trimmed",
            "Messages that begin or end with white space.",
            "The template calls strip().",
            messages ->
                Template.VICUNA.prompt(
                    messages.stream()
                        .map(message -> new Message(message.role(), message.content().strip()))
                        .toList()),
            "https://github.com/chujiezheng/chat_templates"),
        mutant(
            "llama2-template",
            "Llama-2's own chat template",
            "[INST] in the prompt; answers are much worse.",
            "The default of Transformers up to 4.43 for a model without a template.",
            ChatMutants::llama2,
            "https://github.com/huggingface/transformers/issues/33246"));
  }

  private static Mutant form(
      String id, String title, String symptom, String cause, Form form, String... links) {
    return mutant(id, title, symptom, cause, form::prompt, links);
  }

  private static Mutant mutant(
      String id, String title, String symptom, String cause, Template template, String... links) {
    Seams seams = TextDeviations.template(template);
    return new Mutant(id, Group.TEXT, title, symptom, cause, List.of(links), seams);
  }

  private static String llama2(List<Message> messages) {
    StringBuilder prompt = new StringBuilder();
    String system = "";
    for (Message message : messages) {
      switch (message.role()) {
        case "system" -> system = "<<SYS>>\n" + message.content() + "\n<</SYS>>\n\n";
        case "user" -> {
          prompt.append("<s>[INST] ").append(system).append(message.content()).append(" [/INST]");
          system = "";
        }
        default -> prompt.append(' ').append(message.content()).append(" </s>");
      }
    }
    return prompt.toString();
  }
}
