package touchstone.conformance.mutant;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import touchstone.tokenizer.Tokenizer;

/**
 * Encoding in plain steps, each of which may be got wrong: cut at special tokens, a blank before what
 * lies between, characters, merges, bytes. Takes the square of the length of a text.
 *
 * @param tokenizer its pieces
 * @param merging how characters become pieces
 * @param spelling how a character that is no piece is spelled in ids
 */
record PlainPieces(Tokenizer tokenizer, Merging merging, Spelling spelling) {
  private static final Pattern SPECIAL = Pattern.compile("<unk>|<s>|</s>");
  private static final Pattern BYTE = Pattern.compile("<0x[0-9A-F]{2}>");
  private static final String BLANK = "\u2581";

  /** Turns characters into pieces, in place. */
  @FunctionalInterface
  interface Merging {
    void merge(PlainPieces pieces, List<String> symbols);
  }

  /** The ids of a text that is no piece. */
  @FunctionalInterface
  interface Spelling {
    IntStream ids(Tokenizer tokenizer, String symbol);
  }

  /** The ids of a text, with the prefix of every segment. */
  int[] encode(String text, boolean bos) {
    List<Integer> ids = new ArrayList<>();
    if (bos) {
      ids.add(tokenizer.bosId());
    }
    var special = SPECIAL.matcher(text);
    int start = 0;
    while (special.find()) {
      segment(text.substring(start, special.start()), ids);
      ids.add(tokenizer.id(special.group()).getAsInt());
      start = special.end();
    }
    segment(text.substring(start), ids);
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  private void segment(String segment, List<Integer> ids) {
    if (segment.isEmpty()) {
      return;
    }
    List<String> symbols = new ArrayList<>();
    (BLANK + segment.replace(" ", BLANK))
        .codePoints()
        .mapToObj(Character::toString)
        .forEach(symbols::add);
    merging.merge(this, symbols);
    for (String symbol : symbols) {
      OptionalInt id = id(symbol);
      IntStream spelled =
          id.isPresent() ? IntStream.of(id.getAsInt()) : spelling.ids(tokenizer, symbol);
      spelled.forEach(ids::add);
    }
  }

  /** The piece that is a text, if text can become it. */
  OptionalInt id(String symbol) {
    boolean text = !SPECIAL.matcher(symbol).matches() && !BYTE.matcher(symbol).matches();
    return text ? tokenizer.id(symbol) : OptionalInt.empty();
  }

  /** How early a piece is made: by falling score, which pieces of blanks alone have least of. */
  static int byScore(String piece, int id) {
    return piece.replace(BLANK, "").isEmpty() ? Integer.MAX_VALUE : id;
  }

  /** By merging two neighbours at a time, best first. */
  static Merging pairs(Rank rank, boolean rightmost) {
    return (pieces, symbols) -> {
      while (true) {
        int best = -1;
        int least = Integer.MAX_VALUE;
        for (int i = 0; i + 1 < symbols.size(); i++) {
          String joined = symbols.get(i) + symbols.get(i + 1);
          OptionalInt id = pieces.id(joined);
          int found = id.isPresent() ? rank.of(joined, id.getAsInt()) : Integer.MAX_VALUE;
          if (id.isPresent() && (best < 0 || found < least || (rightmost && found == least))) {
            best = i;
            least = found;
          }
        }
        if (best < 0) {
          return;
        }
        symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
      }
    };
  }

  /** How early a piece is made; the lowest first. */
  @FunctionalInterface
  interface Rank {
    int of(String piece, int id);
  }

  /** By taking the longest piece that the rest of a text begins with. */
  static void longest(PlainPieces pieces, List<String> symbols) {
    for (int from = 0; from < symbols.size(); from++) {
      int most = 1;
      StringBuilder text = new StringBuilder(symbols.get(from));
      for (int count = 2; from + count <= symbols.size(); count++) {
        text.append(symbols.get(from + count - 1));
        most = pieces.id(text.toString()).isPresent() ? count : most;
      }
      String piece = String.join("", symbols.subList(from, from + most));
      symbols.subList(from, from + most).clear();
      symbols.add(from, piece);
    }
  }

  /** In bytes of UTF-8. */
  static IntStream utf8(Tokenizer tokenizer, String symbol) {
    return bytes(tokenizer, symbol.getBytes(StandardCharsets.UTF_8));
  }

  /** The ids of bytes. */
  static IntStream bytes(Tokenizer tokenizer, byte[] bytes) {
    return IntStream.range(0, bytes.length)
        .map(i -> tokenizer.id("<0x%02X>".formatted(bytes[i])).getAsInt());
  }
}
