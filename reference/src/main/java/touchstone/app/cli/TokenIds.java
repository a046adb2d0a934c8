package touchstone.app.cli;

import java.util.Arrays;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** Token ids as a person writes them: in a flag (USAGE) or in a file (FORMAT). */
final class TokenIds {
  private TokenIds() {}

  /** Ids separated by spaces or commas. */
  static int[] parse(String text, String where, Fault fault) {
    String[] words =
        Arrays.stream(text.split("[\\s,]+")).filter(w -> !w.isEmpty()).toArray(String[]::new);
    int[] ids = new int[words.length];
    for (int i = 0; i < words.length; i++) {
      try {
        ids[i] = Integer.parseInt(words[i]);
      } catch (NumberFormatException e) {
        throw TouchstoneException.because(
            fault,
            where,
            "'" + words[i] + "' is not a token id",
            "ids are whole numbers separated by spaces or commas",
            e);
      }
    }
    return ids;
  }

  /** The ids, all of which are in the vocabulary. */
  static int[] requireIn(int[] ids, int vocab, String where, Fault fault) {
    for (int id : ids) {
      if (id < 0 || id >= vocab) {
        throw TouchstoneException.of(
            fault, where, "token id " + id, "ids run from 0 to " + (vocab - 1));
      }
    }
    return ids;
  }
}
