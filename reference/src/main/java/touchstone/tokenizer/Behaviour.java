package touchstone.tokenizer;

import java.util.List;

/**
 * What a checkpoint says beside its pieces and merges.
 *
 * @param prefix where the blank goes when special tokens are recognised
 * @param plainPrefix whether a plain text gets a blank in front, and decoding takes it off again
 * @param stripsSpace whether decoding as Transformers does drops one leading space
 * @param addedTokens recognised in text
 * @param unknownSurface text of the unknown piece
 * @param marks at both ends of a text
 */
record Behaviour(
    DummyPrefix prefix,
    boolean plainPrefix,
    boolean stripsSpace,
    List<AddedToken> addedTokens,
    String unknownSurface,
    Marks marks) {
  /** SentencePiece's text for the unknown piece, where a file does not say. */
  static final String UNKNOWN_SURFACE = " \u2047 ";

  Behaviour {
    addedTokens = List.copyOf(addedTokens);
  }

  /**
   * The tokens at both ends of a text.
   *
   * @param addBos whether encoding puts the first in front
   * @param addEos whether encoding puts the second behind
   */
  record Marks(int bosId, int eosId, boolean addBos, boolean addEos) {}

  Behaviour withPrefix(DummyPrefix other) {
    return new Behaviour(other, plainPrefix, stripsSpace, addedTokens, unknownSurface, marks);
  }
}
