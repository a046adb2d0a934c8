package touchstone.evaluate;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The size of a text in units that do not depend on a tokenizer.
 *
 * @param words parts between runs of white space; white space at either end makes an empty part,
 *     which counts
 * @param bytes bytes of UTF-8
 * @source lm-evaluation-harness lm_eval/tasks/wikitext/preprocess_wikitext.py at 244246fa: {@code
 *     len(re.split(r"\s+", page))} and {@code len(page.encode("utf-8"))}
 * @rules PPL-3
 */
public record TextSize(long words, long bytes) {
  /** What Python's {@code \s} matches: Unicode's white space and four separators of ASCII. */
  private static final Pattern SPACE =
      Pattern.compile("[\\s\\x1c-\\x1f]+", Pattern.UNICODE_CHARACTER_CLASS);

  public TextSize {
    if (words < 1 || bytes < 1) {
      throw new IllegalArgumentException(
          "a text has words and bytes, got %d and %d".formatted(words, bytes));
    }
  }

  /** The size of a text that is not empty. */
  public static TextSize of(String text) {
    return new TextSize(
        SPACE.matcher(text).results().count() + 1, text.getBytes(StandardCharsets.UTF_8).length);
  }
}
