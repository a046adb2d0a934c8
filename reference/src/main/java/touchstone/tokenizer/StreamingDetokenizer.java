package touchstone.tokenizer;

import java.nio.charset.StandardCharsets;

/**
 * Turns ids that arrive one at a time into text, by SentencePiece's rule.
 *
 * <p>A chunk never ends inside a character: bytes are held back while they can still become one, and
 * come out as U+FFFD once they cannot. The chunks of a sequence with its {@link #flush()}, joined, are
 * what {@link Tokenizer#decode(int[])} gives for the whole; that method is defined by this class.
 * Hugging Face's rule has no such property: there a later bad byte changes earlier text.
 *
 * <p>Use one per sequence, from one thread.
 *
 * @source google/sentencepiece@2734490 src/sentencepiece_processor.cc, Decode
 * @rules TOK-9 TOK-11
 */
public final class StreamingDetokenizer {
  private final Vocabulary vocabulary;
  private final String unknownSurface;
  private final Utf8Assembler bytes = new Utf8Assembler();
  private boolean mayStripBlank;

  StreamingDetokenizer(Vocabulary vocabulary, String unknownSurface, boolean stripBlank) {
    this.vocabulary = vocabulary;
    this.unknownSurface = unknownSurface;
    this.mayStripBlank = stripBlank;
  }

  /**
   * The text that is certain once this id is known; often empty.
   *
   * @throws touchstone.error.TouchstoneException if the id is not in the vocabulary
   */
  public String append(int id) {
    StringBuilder text = new StringBuilder();
    append(id, text);
    return text.toString();
  }

  /** The text of bytes still held, when no id follows. */
  public String flush() {
    StringBuilder text = new StringBuilder();
    bytes.flush(text);
    return text.toString();
  }

  void append(int id, StringBuilder text) {
    Vocabulary.Piece piece = vocabulary.piece(id);
    if (piece.type() == PieceType.BYTE) {
      bytes.accept(Vocabulary.byteValue(piece.text()), text);
      mayStripBlank = false;
      return;
    }
    bytes.flush(text);
    String surface = surface(piece, unknownSurface);
    boolean strip = mayStripBlank && startsWithBlank(piece);
    text.append(surface, strip ? 1 : 0, surface.length());
    mayStripBlank &= surface.isEmpty();
  }

  private static boolean startsWithBlank(Vocabulary.Piece piece) {
    return switch (piece.type()) {
      case NORMAL, USER_DEFINED, UNUSED, ADDED -> piece.text().charAt(0) == Vocabulary.BLANK;
      case UNKNOWN, CONTROL, BYTE -> false;
    };
  }

  /** A piece as text, where that does not depend on its neighbours; a byte piece has none. */
  static String surface(Vocabulary.Piece piece, String unknownSurface) {
    return switch (piece.type()) {
      case NORMAL, USER_DEFINED, UNUSED, ADDED -> piece.text().replace(Vocabulary.BLANK, ' ');
      case UNKNOWN -> unknownSurface;
      case CONTROL, BYTE -> "";
    };
  }

  /** The bytes that a piece stands for wherever it is. */
  static byte[] bytes(Vocabulary.Piece piece, String unknownSurface) {
    return piece.type() == PieceType.BYTE
        ? new byte[] {Vocabulary.byteValue(piece.text())}
        : surface(piece, unknownSurface).getBytes(StandardCharsets.UTF_8);
  }
}
