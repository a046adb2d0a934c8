package touchstone.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tokenizer.Vocabulary.Piece;

/** The tokens that a checkpoint recognises in text, some of them pieces, some added behind them. */
final class AddedTokens {
  private AddedTokens() {}

  /** The tokens of two files; where both describe an id, the second file's word counts. */
  static List<AddedToken> overridden(List<AddedToken> first, List<AddedToken> second) {
    Map<Integer, AddedToken> byId = new TreeMap<>();
    first.forEach(token -> byId.put(token.id(), token));
    second.forEach(token -> byId.put(token.id(), token));
    return new ArrayList<>(byId.values());
  }

  /** The vocabulary with the tokens behind it that are not yet pieces. */
  static Vocabulary behind(Vocabulary pieces, List<AddedToken> tokens, String file) {
    if (tokens.stream().allMatch(token -> isPiece(pieces, token))) {
      return pieces;
    }
    Vocabulary.Builder all = pieces.toBuilder();
    append(all, tokens, file);
    return all.build(file, pieces.hasBytes());
  }

  private static boolean isPiece(Vocabulary pieces, AddedToken token) {
    return token.id() < pieces.size() && pieces.piece(token.id()).text().equals(token.content());
  }

  /**
   * Puts the tokens that are not yet pieces behind those that are.
   *
   * @param tokens by ascending id
   * @param file that they come from, for messages
   */
  static void append(Vocabulary.Builder pieces, List<AddedToken> tokens, String file) {
    for (AddedToken token : tokens) {
      if (token.id() > pieces.size()) {
        throw fault(file, token, "there are " + pieces.size() + " pieces", "ids have no gaps");
      }
      if (token.id() == pieces.size()) {
        PieceType type = token.special() ? PieceType.CONTROL : PieceType.ADDED;
        pieces.add(() -> file + ": added tokens", new Piece(token.content(), type, 0));
      } else if (!pieces.text(token.id()).equals(token.content())) {
        throw fault(file, token, "piece is '" + pieces.text(token.id()) + "'", "they must agree");
      }
    }
  }

  private static TouchstoneException fault(
      String file, AddedToken token, String found, String cure) {
    return TouchstoneException.of(
        Fault.FORMAT,
        file + ": added token %d, '%s'".formatted(token.id(), token.content()),
        found,
        cure);
  }
}
