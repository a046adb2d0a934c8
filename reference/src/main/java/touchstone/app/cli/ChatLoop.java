package touchstone.app.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.generate.GenerationResult;
import touchstone.generate.VicunaConversation;

/**
 * Reads messages and commands until the input ends. A fault in a turn leaves the conversation as it
 * was before and does not end it.
 */
final class ChatLoop {
  private static final String HELP =
      """
      /reset               forget the conversation
      /system [TEXT]       show or change the system text (forgets the conversation)
      /save FILE           write the conversation as JSON
      /load FILE           continue a saved conversation
      /params              show the sampling parameters
      /params NAME VALUE   change one, for example /params temperature 0.7
      /help                show this
      /exit                end (so does the end of the input)""";

  /** A turn cannot go on after these: the model changed, or messages or answers get lost. */
  private static final Set<Fault> ENDING = EnumSet.of(Fault.CHANGED, Fault.IO, Fault.DISK_FULL);

  private final Terminal terminal;
  private final Session session;
  private final boolean json;
  private VicunaConversation conversation;

  ChatLoop(Terminal terminal, Session session, VicunaConversation conversation, boolean json) {
    this.terminal = terminal;
    this.session = session;
    this.conversation = conversation;
    this.json = json;
  }

  void run() {
    terminal.note("/help lists the commands, /exit ends the conversation");
    LineReader input = new LineReader("standard input", terminal.in(), terminal);
    boolean more = true;
    while (more) {
      terminal.ask("> ");
      try {
        more = turn(input.next());
      } catch (TouchstoneException e) {
        if (ENDING.contains(e.fault())) {
          throw e;
        }
        terminal.error(e.getMessage());
        if (e.fault() == Fault.LIMIT) {
          terminal.note("/reset forgets the conversation");
        }
      }
    }
  }

  /** Does what a line says; false for the last one. */
  private boolean turn(Optional<String> line) {
    if (line.isEmpty()) {
      return false;
    }
    terminal.answered();
    String text = line.get().strip();
    if (text.equals("/exit")) {
      return false;
    }
    take(text);
    return true;
  }

  private void take(String text) {
    if (text.startsWith("/")) {
      String[] words = text.split("\\s+", 2);
      try {
        command(words[0], words.length > 1 ? words[1].strip() : "");
      } catch (TouchstoneException e) {
        terminal.error(e.getMessage());
      }
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
      session.set(words[0], words.length > 1 ? words[1] : "");
    }
    terminal.note(session.describeParameters());
  }

  private static Path file(String command, String argument) {
    if (argument.isEmpty()) {
      throw TouchstoneException.of(
          Fault.USAGE, command, "no file", "for example: " + command + " talk.json");
    }
    try {
      return Path.of(argument);
    } catch (InvalidPathException e) {
      throw TouchstoneException.because(
          Fault.USAGE, command, "'" + argument + "'", "a file name is needed", e);
    }
  }
}
