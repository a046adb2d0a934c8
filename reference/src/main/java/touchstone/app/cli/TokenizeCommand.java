package touchstone.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tokenizer.Tokenizer;

/** Text to token ids, line by line. */
@Command(name = "tokenize", description = "Turn each line of text into token ids.")
final class TokenizeCommand implements Runnable {
  @Mixin ModelOptions model;
  @Mixin LineOptions lines;

  @Option(
      names = "--no-special-tokens",
      description = "Do not add the tokens that begin or end a text.")
  boolean noSpecialTokens;

  private final Terminal terminal;

  TokenizeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    Tokenizer tokenizer = Tokenizer.load(model.directory());
    LineReader input = lines.open(terminal);
    for (Optional<String> line = input.next(); line.isPresent(); line = input.next()) {
      int[] ids = tokenizer.encode(text(line.get(), input.where()), !noSpecialTokens);
      terminal.println(
          lines.json
              ? JsonOutput.object().set("ids", JsonOutput.array(ids)).toString()
              : Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(" ")));
    }
  }

  private String text(String line, String where) {
    return switch (lines.format) {
      case TEXT -> line;
      case JSONL -> {
        JsonNode text = LineFormat.object(line, where, "text").get("text");
        if (!text.isTextual()) {
          throw TouchstoneException.of(
              Fault.FORMAT, where, "\"text\" is " + text, "it must be a string");
        }
        yield text.textValue();
      }
    };
  }
}
