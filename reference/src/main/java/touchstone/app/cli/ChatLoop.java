package touchstone.app.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.generate.GenerationResult;
import touchstone.generate.VicunaConversation;

/** Reads messages and commands until the input ends; a fault ends a turn, not the conversation. */
final class ChatLoop {
  private static final String HELP =
      """
      /reset            forget the conversation
      /system [TEXT]    show or change the system text (forgets the conversation)
      /save FILE        write the conversation as JSON
      /load FILE        continue a saved conversation
      /params           show the sampling parameters
      /params NAME VALUE  change one, e.g. /params temperature 0.7
      /help             show this
      /exit             end (so does the end of the input)""";

  private final Terminal terminal;
  private final Session session;
  private final SamplingOptions sampling;
  private final boolean json;
  private VicunaConversation conversation;

  ChatLoop(
      Terminal terminal,
      Session session,
      SamplingOptions sampling,
      VicunaConversation conversation,
      boolean json) {
    this.terminal = terminal;
    this.session = session;
    this.sampling = sampling;
    this.conversation = conversation;
    this.json = json;
  }

  void run() {
    terminal.note("/help lists the commands, /exit ends the conversation");
    LineReader input = new LineReader(terminal.in());
    terminal.ask("> ");
    for (Optional<String> line = input.next(); line.isPresent(); line = input.next()) {
      String text = line.get().strip();
      if (text.equals("/exit")) {
        return;
      }
      try {
        take(text);
      } catch (TouchstoneException e) {
        terminal.error(e.getMessage());
      }
      terminal.ask("> ");
    }
  }

  private void take(String text) {
    if (text.startsWith("/")) {
      String[] words = text.split("\\s+", 2);
      command(words[0], words.length > 1 ? words[1].strip() : "");
    } else if (!text.isEmpty()) {
      answer(text);
    }
  }

  private void answer(String message) {
    VicunaConversation asked = conversation.user(message);
    GenerationResult result =
        session.generate(asked.awaitAnswer().render(), new TextStream(terminal, !json));
    conversation = asked.assistant(result.text());
    terminal.println(
        json
            ? JsonOutput.object()
                .put("text", result.text())
                .put("finish_reason", result.reason().name().toLowerCase(Locale.ROOT))
                .toString()
            : "");
    terminal.flush();
    terminal.note(TextStream.summary(result, session.parameters()));
  }

  private void command(String name, String argument) {
    switch (name) {
      case "/help" -> terminal.note(HELP);
      case "/reset" -> {
        conversation = conversation.reset();
        terminal.note("forgotten");
      }
      case "/system" -> system(argument);
      case "/save" -> {
        ConversationFile.save(conversation, file(name, argument));
        terminal.note("saved %d messages".formatted(conversation.messages().size()));
      }
      case "/load" -> {
        conversation = ConversationFile.load(file(name, argument));
        terminal.note("loaded %d messages".formatted(conversation.messages().size()));
      }
      case "/params" -> params(argument);
      default ->
          throw TouchstoneException.of(Fault.USAGE, name, "no such command", "/help lists them");
    }
  }

  private void system(String text) {
    if (!text.isEmpty()) {
      conversation = VicunaConversation.start(text);
    }
    terminal.note("system: " + conversation.system());
  }

  private void params(String argument) {
    if (!argument.isEmpty()) {
      String[] words = argument.split("\\s+", 2);
      sampling.set(words[0], words.length > 1 ? words[1] : "");
      session.refreshParameters();
    }
    terminal.note(session.describeParameters());
  }

  private static Path file(String command, String argument) {
    if (argument.isEmpty()) {
      throw TouchstoneException.of(
          Fault.USAGE, command, "no file", "for example: " + command + " talk.json");
    }
    return Path.of(argument);
  }
}
