package touchstone.tokenizer;

/**
 * Where the blank in front of a text goes, so that a word at its start is the same token as a word
 * after a space. SentencePiece puts one before every text; special tokens cut a text into segments,
 * and there the implementations part ways.
 *
 * @source huggingface/transformers 4.57.6 models/llama/tokenization_llama.py and
 *     convert_slow_tokenizer.py; huggingface/tokenizers 0.22.2
 * @rules TOK-7
 */
public enum DummyPrefix {
  /**
   * Before every segment: {@code legacy} in Transformers, in Python and in Rust, and llama.cpp. What
   * Vicuna and Xwin were trained with.
   */
  EACH_SEGMENT,
  /** As {@link #EACH_SEGMENT}, unless the segment already starts with a space. */
  EACH_SEGMENT_UNLESS_PRESENT,
  /** Once before the whole text: not {@code legacy} in Transformers' Python tokenizer. */
  ONCE,
  /**
   * Before the segment at the very start of the text, unless it already starts with a space: not
   * {@code legacy} in Transformers' Rust tokenizer. A leading space is lost.
   */
  FIRST_SEGMENT_UNLESS_PRESENT,
  /** Nowhere. */
  NONE
}
