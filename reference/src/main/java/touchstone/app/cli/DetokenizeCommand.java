package touchstone.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tokenizer.Tokenizer;

/** Token ids to text, line by line. */
@Command(
    name = "detokenize",
    description = "Turn each line of token ids, separated by spaces or commas, into text.")
final class DetokenizeCommand implements Runnable {
  @Mixin ModelOptions model;
  @Mixin LineOptions lines;

  private final Terminal terminal;

  DetokenizeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    Tokenizer tokenizer = Tokenizer.load(model.directory());
    LineReader input = lines.open(terminal);
    for (Optional<String> line = input.next(); line.isPresent(); line = input.next()) {
      String where = input.where();
      int[] ids =
          switch (lines.format) {
            case TEXT -> TokenIds.parse(line.get(), where, Fault.FORMAT);
            case JSONL -> ids(LineFormat.object(line.get(), where, "ids"), where);
          };
      String text =
          tokenizer.decode(TokenIds.requireIn(ids, tokenizer.vocab(), where, Fault.FORMAT));
      terminal.println(lines.json ? JsonOutput.object().put("text", text).toString() : text);
    }
  }

  private static int[] ids(JsonNode object, String where) {
    JsonNode ids = object.get("ids");
    boolean integers =
        ids.isArray() && IntStream.range(0, ids.size()).allMatch(i -> ids.get(i).isInt());
    if (!integers) {
      throw TouchstoneException.of(
          Fault.FORMAT, where, "\"ids\" is " + ids, "it must be an array of token ids");
    }
    return IntStream.range(0, ids.size()).map(i -> ids.get(i).intValue()).toArray();
  }
}
