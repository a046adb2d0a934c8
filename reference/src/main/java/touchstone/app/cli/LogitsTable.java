package touchstone.app.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import touchstone.error.TouchstoneException;
import touchstone.tensor.Activations;
import touchstone.tokenizer.Tokenizer;

/** The most likely next tokens after each position, for people. */
final class LogitsTable {
  private static final int BEST = 5;

  private LogitsTable() {}

  static void print(ForwardRecord pass, Optional<Tokenizer> tokenizer, Terminal terminal) {
    Activations logits = pass.logits();
    int first = pass.tokens().length - logits.rows();
    for (int row = 0; row < logits.rows(); row++) {
      int token = pass.tokens()[first + row];
      terminal.println(
          "after position %d, token %d %s"
              .formatted(first + row, token, piece(tokenizer, token))
              .stripTrailing());
      for (int id : best(logits, row)) {
        terminal.println(
            "  %12.6f  %6d  %s"
                .formatted(logits.values()[logits.start(row) + id], id, piece(tokenizer, id))
                .stripTrailing());
      }
    }
  }

  private static List<Integer> best(Activations logits, int row) {
    return IntStream.range(0, logits.columns())
        .boxed()
        .sorted(
            Comparator.<Integer>comparingDouble(id -> -logits.values()[logits.start(row) + id])
                .thenComparing(Comparator.naturalOrder()))
        .limit(BEST)
        .toList();
  }

  private static String piece(Optional<Tokenizer> tokenizer, int id) {
    return tokenizer
        .filter(pieces -> id < pieces.vocab())
        .map(pieces -> "'" + TouchstoneException.printable(pieces.piece(id)) + "'")
        .orElse("");
  }
}
