package touchstone.tokenizer;

import java.util.Arrays;
import java.util.OptionalInt;
import touchstone.tokenizer.Vocabulary.Piece;

/**
 * Which two neighbouring symbols merge, into what, and how early.
 *
 * <p>A symbol is a piece, written as its id, or a character that is no piece, written as the
 * complement of its code point. Every text is thus at most one symbol, and looking up a pair of
 * symbols is the same as looking up their concatenation, in constant time.
 *
 * @rules TOK-2 TOK-3
 */
final class MergeRules {
  /** No such rule. */
  static final long NONE = -1;

  private long[] keys = new long[1 << 10];
  private long[] rules = emptySlots(1 << 10);
  private int size;

  MergeRules() {}

  /**
   * SentencePiece's rules: any two symbols merge whose concatenation is a piece; the higher that
   * piece's score, the earlier, and equal scores share a rank.
   *
   * @source google/sentencepiece@2734490 src/bpe_model.cc
   */
  static MergeRules byScore(Vocabulary vocabulary) {
    float[] ascending = scores(vocabulary);
    MergeRules rules = new MergeRules();
    for (int id = 0; id < vocabulary.size(); id++) {
      Piece piece = vocabulary.piece(id);
      if (piece.type().merges()) {
        int rank = ascending.length - 1 - Arrays.binarySearch(ascending, piece.score());
        rules.addHalves(vocabulary, piece.text(), rank, id);
      }
    }
    return rules;
  }

  /** The distinct scores in ascending order, -0.0 before 0.0 as in sentencepiece 0.2.2. */
  private static float[] scores(Vocabulary vocabulary) {
    float[] scores = new float[vocabulary.size()];
    for (int id = 0; id < scores.length; id++) {
      scores[id] = vocabulary.piece(id).score();
    }
    Arrays.sort(scores);
    int distinct = 0;
    for (float score : scores) {
      if (distinct == 0 || Float.compare(scores[distinct - 1], score) != 0) {
        scores[distinct++] = score;
      }
    }
    return Arrays.copyOf(scores, distinct);
  }

  /** A cut through a surrogate pair gives symbols that occur in no text, so it needs no care. */
  private void addHalves(Vocabulary vocabulary, String text, int rank, int merged) {
    for (int cut = 1; cut < text.length(); cut++) {
      OptionalInt left = symbol(vocabulary, text.substring(0, cut));
      OptionalInt right = symbol(vocabulary, text.substring(cut));
      if (left.isPresent() && right.isPresent()) {
        add(left.getAsInt(), right.getAsInt(), rank, merged);
      }
    }
  }

  /** The symbol for a text that can occur in a merge. */
  static OptionalInt symbol(Vocabulary vocabulary, String text) {
    OptionalInt id = vocabulary.id(text);
    if (id.isPresent() && vocabulary.piece(id.getAsInt()).type().merges()) {
      return id;
    }
    if (id.isPresent() && vocabulary.piece(id.getAsInt()).type() == PieceType.USER_DEFINED) {
      return OptionalInt.empty();
    }
    return text.codePointCount(0, text.length()) == 1
        ? OptionalInt.of(~text.codePointAt(0))
        : OptionalInt.empty();
  }

  /** Adds a rule; false, and nothing changes, if this pair has one already. */
  boolean add(int left, int right, int rank, int merged) {
    if (2 * size >= keys.length) {
      grow();
    }
    int slot = slot(key(left, right));
    if (rules[slot] != NONE) {
      return false;
    }
    keys[slot] = key(left, right);
    rules[slot] = (long) rank << 32 | merged;
    size++;
    return true;
  }

  /** The rule for two neighbours, or {@link #NONE}. */
  long find(int left, int right) {
    return rules[slot(key(left, right))];
  }

  /** How early the rule applies: 0 is first; -1 for {@link #NONE}. */
  static int rank(long rule) {
    return (int) (rule >> 32);
  }

  /** The piece that the rule makes. */
  static int merged(long rule) {
    return (int) rule;
  }

  private static long key(int left, int right) {
    return ((long) left << 32) | (right & 0xFFFF_FFFFL);
  }

  /** Where the key is, or the free slot where it would go. */
  private int slot(long key) {
    long mixed = key * 0x9E37_79B9_7F4A_7C15L;
    int slot = (int) (mixed >>> 32) & keys.length - 1;
    while (rules[slot] != NONE && keys[slot] != key) {
      slot = slot + 1 & keys.length - 1;
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldRules = rules;
    keys = new long[Math.multiplyExact(oldKeys.length, 2)];
    rules = emptySlots(keys.length);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldRules[i] != NONE) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        rules[slot] = oldRules[i];
      }
    }
  }

  private static long[] emptySlots(int length) {
    long[] slots = new long[length];
    Arrays.fill(slots, NONE);
    return slots;
  }
}
