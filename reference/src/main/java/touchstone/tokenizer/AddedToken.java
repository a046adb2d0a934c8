package touchstone.tokenizer;

/**
 * A token that is recognised in text before the text is encoded.
 *
 * @param content its text
 * @param id its id
 * @param special invisible when special tokens are skipped
 * @param normalized looked for in the normalised text, as its own normalised text: with the blank
 *     in front, so that {@code </s>} right after a word is not recognised
 */
record AddedToken(String content, int id, boolean special, boolean normalized) {}
