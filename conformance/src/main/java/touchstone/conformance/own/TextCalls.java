package touchstone.conformance.own;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.Value;
import touchstone.tokenizer.Tokenizer;

/** Answers calls about text. A model's tokenizer is read at its first. */
public final class TextCalls {
  /** What it answers. */
  public static final Set<String> CALLS = Set.of("tokenize", "detokenize", "stream", "chat");

  private final Path root;
  private final Seams seams;
  private final Map<String, Text> texts = new HashMap<>();

  /**
   * Answers with a deviation.
   *
   * @param root what the paths of models are below
   */
  public TextCalls(Path root, Seams seams) {
    this.root = root;
    this.seams = seams;
  }

  /** The outputs of one of {@link #CALLS}. */
  public Map<String, Value> answer(String call, Arguments arguments) {
    return switch (call) {
      case "tokenize" ->
          Map.of(
              "ids",
              Outputs.ids(text(arguments).encode(arguments.text("text"), arguments.flag("bos"))));
      case "detokenize" ->
          Map.of("text", Outputs.text(text(arguments).decode(arguments.ids("ids"))));
      case "stream" ->
          Map.of("chunks", Outputs.texts(text(arguments).stream(arguments.ids("ids"))));
      case "chat" ->
          Map.of("text", Outputs.text(seams.template(Template.VICUNA).prompt(messages(arguments))));
      default -> throw new IllegalArgumentException("no call about text is named " + call);
    };
  }

  private Text text(Arguments arguments) {
    return texts.computeIfAbsent(
        arguments.text("model"),
        model -> {
          Tokenizer tokenizer = Tokenizer.load(root.resolve(model));
          return seams.text(Text.of(tokenizer), tokenizer);
        });
  }

  private static List<Template.Message> messages(Arguments arguments) {
    List<Template.Message> messages = new ArrayList<>();
    for (JsonNode message : arguments.get("messages")) {
      if (!message.path("role").isTextual() || !message.path("content").isTextual()) {
        throw new IllegalArgumentException("a message is a role and a content, both of them text");
      }
      messages.add(
          new Template.Message(
              message.get("role").textValue(), message.get("content").textValue()));
    }
    return messages;
  }
}
