package touchstone.tokenizer;

/**
 * What a piece of the vocabulary stands for.
 *
 * @source google/sentencepiece@2734490 src/sentencepiece_model.proto, except {@link #ADDED}
 */
enum PieceType {
  /** Text. */
  NORMAL,
  /** The id of what the vocabulary cannot express; exactly one. */
  UNKNOWN,
  /** A mark such as {@code <s>}: never made from text, invisible in text. */
  CONTROL,
  /** Text that is cut out whole before any merge. */
  USER_DEFINED,
  /** Takes part in merges, but is split again in the result. */
  UNUSED,
  /** One byte of a character that is not in the vocabulary. */
  BYTE,
  /** Text that a checkpoint added behind the model's own vocabulary; merges do not know it. */
  ADDED;

  /** Whether a merge may produce or consume this piece. */
  boolean merges() {
    return this == NORMAL || this == UNUSED;
  }
}
