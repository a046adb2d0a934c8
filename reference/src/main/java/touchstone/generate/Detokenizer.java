package touchstone.generate;

/**
 * Turns one generation's token ids into text as they come. All chunks together are the decoded text;
 * a chunk never ends inside a code point.
 */
public interface Detokenizer {
  /** Takes a token; gives the text that is now certain, often empty. */
  String append(int id);

  /** Ends the text; gives what was held back, with incomplete bytes replaced. */
  String flush();
}
