package touchstone.tokenizer;

/** What becomes of the space that the first piece of a decoded sequence begins with. */
public enum LeadingSpace {
  /** It is the dummy prefix and is dropped: for a whole text, and for an answer in a chat. */
  STRIPPED,
  /** It separates two words and stays: for text that continues a prompt. */
  KEPT
}
