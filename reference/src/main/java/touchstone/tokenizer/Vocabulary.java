package touchstone.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * The pieces of a tokenizer: id to text, type and score, and text to id.
 *
 * @rules TOK-14
 */
final class Vocabulary {
  /** The blank: stands for a space inside pieces. */
  static final char BLANK = '\u2581';

  /** Most pieces that are read. */
  static final int LIMIT = 1 << 20;

  /**
   * Most UTF-16 units of a piece that merges; Llama-2's longest has 16. Bounds the work of finding all
   * ways to halve a piece.
   */
  static final int LENGTH_LIMIT = 128;

  private static final Pattern BYTE_NAME = Pattern.compile("<0x[0-9A-F]{2}>");

  private final List<Piece> pieces;
  private final Map<String, Integer> idOf;
  private final int[] byteIds; // [256], or [0] without byte fallback
  private final int unknownId;

  /**
   * One piece.
   *
   * @param score of a merge that produces it: the higher, the earlier
   */
  record Piece(String text, PieceType type, float score) {}

  private Vocabulary(List<Piece> pieces, Map<String, Integer> idOf, int[] byteIds, int unknownId) {
    this.pieces = pieces;
    this.idOf = idOf;
    this.byteIds = byteIds;
    this.unknownId = unknownId;
  }

  int size() {
    return pieces.size();
  }

  Piece piece(int id) {
    if (id < 0 || id >= pieces.size()) {
      throw TouchstoneException.of(
          Fault.USAGE, "token id " + id, "not in the vocabulary", "ids run to " + (size() - 1));
    }
    return pieces.get(id);
  }

  OptionalInt id(String text) {
    Integer id = idOf.get(text);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  int unknownId() {
    return unknownId;
  }

  /** Whether characters outside the vocabulary are spelled in bytes. */
  boolean hasBytes() {
    return byteIds.length > 0;
  }

  int byteId(byte value) {
    return byteIds[value & 0xFF];
  }

  /** The value of a byte piece, from its name: {@code <0x0A>}. */
  static byte byteValue(String text) {
    return (byte) HexFormat.fromHexDigits(text, 3, 5);
  }

  /** Whether this is what the piece of some byte is called. */
  static boolean isByteName(String text) {
    return BYTE_NAME.matcher(text).matches();
  }

  /** A builder that has these pieces already. */
  Builder toBuilder() {
    Builder builder = new Builder();
    for (Piece piece : pieces) {
      builder.add(() -> "vocabulary", piece);
    }
    return builder;
  }

  /** Collects pieces in the order of their ids and checks each where it stands. */
  static final class Builder {
    private final List<Piece> pieces = new ArrayList<>();
    private final Map<String, Integer> idOf = new HashMap<>();
    private final int[] byteIds = filled(256);
    private int bytes;
    private int unknownId = -1;

    private static int[] filled(int length) {
      int[] ids = new int[length];
      Arrays.fill(ids, -1);
      return ids;
    }

    int size() {
      return pieces.size();
    }

    String text(int id) {
      return pieces.get(id).text();
    }

    /**
     * Adds the piece whose id is the number of pieces before it.
     *
     * @param where file and place, for messages
     */
    Builder add(Supplier<String> where, Piece piece) {
      int id = pieces.size();
      check(where, id, piece);
      if (idOf.putIfAbsent(piece.text(), id) != null) {
        throw format(
            where,
            "piece %d, '%s', is also piece %d".formatted(id, piece.text(), idOf.get(piece.text())),
            "pieces are distinct");
      }
      switch (piece.type()) {
        case UNKNOWN -> addUnknown(where, id);
        case BYTE -> addByte(where, piece.text(), id);
        case NORMAL, CONTROL, USER_DEFINED, UNUSED, ADDED -> {}
      }
      pieces.add(piece);
      return this;
    }

    private static void check(Supplier<String> where, int id, Piece piece) {
      if (id == LIMIT) {
        throw TouchstoneException.of(
            Fault.LIMIT, where.get(), "more pieces", "at most " + LIMIT + " are read");
      }
      if (piece.text().isEmpty()) {
        throw format(where, "piece " + id + " is empty", "every piece has a text");
      }
      if (!WellFormed.is(piece.text())) {
        throw format(
            where,
            "piece %d, '%s', has half a surrogate pair".formatted(id, piece.text()),
            "a piece is whole characters");
      }
      if (piece.type().merges() && piece.text().length() > LENGTH_LIMIT) {
        throw TouchstoneException.of(
            Fault.LIMIT,
            where.get(),
            "piece %d has %d characters".formatted(id, piece.text().length()),
            "at most " + LENGTH_LIMIT + " are read");
      }
      if (!Float.isFinite(piece.score())) {
        throw format(
            where, "piece %d has score %s".formatted(id, piece.score()), "scores are finite");
      }
    }

    private void addUnknown(Supplier<String> where, int id) {
      if (unknownId >= 0) {
        throw format(
            where,
            "pieces %d and %d both have type UNKNOWN".formatted(unknownId, id),
            "exactly one has");
      }
      unknownId = id;
    }

    private void addByte(Supplier<String> where, String text, int id) {
      if (!isByteName(text)) {
        throw format(
            where, "byte piece %d is named '%s'".formatted(id, text), "names run <0x00> to <0xFF>");
      }
      byteIds[byteValue(text) & 0xFF] = id;
      bytes++;
    }

    /**
     * The vocabulary.
     *
     * @param where the file, for messages
     * @param byteFallback whether the file says that there are byte pieces
     */
    Vocabulary build(String where, boolean byteFallback) {
      if (unknownId < 0) {
        throw format(() -> where, "no piece of type UNKNOWN", "exactly one is needed");
      }
      int wanted = byteFallback ? 256 : 0;
      if (bytes != wanted) {
        throw format(
            () -> where,
            "%d byte pieces with byte_fallback %s".formatted(bytes, byteFallback),
            wanted + " are needed");
      }
      return new Vocabulary(
          List.copyOf(pieces), Map.copyOf(idOf), Arrays.copyOf(byteIds, wanted), unknownId);
    }

    private static TouchstoneException format(Supplier<String> where, String found, String cure) {
      return TouchstoneException.of(Fault.FORMAT, where.get(), found, cure);
    }
  }
}
