package touchstone.evaluate;

import java.util.Arrays;
import java.util.Objects;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tokenizer.Tokenizer;

/**
 * A text as token ids, tokenised once and as a whole.
 *
 * @param source its name, for messages
 * @param plain its ids alone
 * @param marked its ids with BOS in front and EOS behind, each where the tokenizer adds it
 * @param bosId the id that begins a sequence
 * @param bosAdded whether {@code marked} begins with it because the tokenizer adds it
 */
public record TokenisedText(String source, int[] plain, int[] marked, int bosId, boolean bosAdded) {
  public TokenisedText {
    Objects.requireNonNull(source, "source");
  }

  /**
   * Tokenises a text; special tokens spelled out in it are recognised, as Transformers does.
   *
   * @throws TouchstoneException if the text is empty
   */
  public static TokenisedText of(String source, String text, Tokenizer tokenizer) {
    if (text.isEmpty()) {
      throw TouchstoneException.of(
          Fault.FORMAT, source, "an empty text", "there is nothing to predict in it");
    }
    int[] alone = tokenizer.encode("");
    return new TokenisedText(
        source,
        tokenizer.encode(text, false),
        tokenizer.encode(text),
        tokenizer.bosId(),
        alone.length > 0 && alone[0] == tokenizer.bosId());
  }

  /** The same text, cut after {@code count} of the marked tokens. */
  public TokenisedText first(int count) {
    return new TokenisedText(
        source,
        Arrays.copyOf(plain, Math.min(plain.length, bosAdded ? count - 1 : count)),
        Arrays.copyOf(marked, Math.min(marked.length, count)),
        bosId,
        bosAdded);
  }

  /** Whether the ids are those of another text. */
  boolean sameIds(TokenisedText other) {
    return Arrays.equals(plain, other.plain)
        && Arrays.equals(marked, other.marked)
        && bosId == other.bosId
        && bosAdded == other.bosAdded;
  }
}
