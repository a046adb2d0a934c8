package touchstone.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import touchstone.tokenizer.LiteralMatcher.Literal;

/**
 * Byte-pair encoding with a byte fallback.
 *
 * <pre>
 * symbols = the characters of the text
 * while some neighbours have a merge rule:
 *   replace the pair of the lowest rank, and among equals the leftmost, by the merged piece
 * spell every symbol that is no piece in UTF-8 bytes
 * </pre>
 *
 * Words are not cut apart first: the whole text is one queue of candidates. With n characters this
 * takes O(n log n), because a merge changes two candidates and nothing else moves.
 *
 * @source google/sentencepiece@2734490 src/bpe_model.cc; Sennrich et al. 2016 (arXiv 1508.07909)
 * @deviation SentencePiece makes a control piece of one character from that character in a text; here
 *     text never becomes a control piece
 * @rules TOK-2 TOK-3 TOK-4
 */
final class BytePairEncoder {
  private final Vocabulary vocabulary;
  private final MergeRules merges;
  private final LiteralMatcher userDefined;

  BytePairEncoder(Vocabulary vocabulary, MergeRules merges) {
    this.vocabulary = vocabulary;
    this.merges = merges;
    List<Literal> literals = new ArrayList<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      if (vocabulary.piece(id).type() == PieceType.USER_DEFINED) {
        literals.add(new Literal(vocabulary.piece(id).text(), id));
      }
    }
    this.userDefined = new LiteralMatcher(literals);
  }

  /**
   * Appends the ids of a text.
   *
   * @param text well-formed, with {@link Vocabulary#BLANK} for every space
   */
  void encode(String text, IdBuffer ids) {
    Symbols symbols = new Symbols(text.length());
    split(text, symbols);
    Merging merging = new Merging(symbols);
    merging.run();
    merging.emit(ids);
  }

  private void split(String text, Symbols symbols) {
    for (int at = 0; at < text.length(); ) {
      Optional<Literal> literal = userDefined.longestAt(text, at);
      if (literal.isPresent()) {
        symbols.append(literal.get().id());
        at += literal.get().text().length();
      } else {
        int end = at + Character.charCount(text.codePointAt(at));
        OptionalInt symbol = MergeRules.symbol(vocabulary, text.substring(at, end));
        symbols.append(symbol.getAsInt());
        at = end;
      }
    }
  }

  /** A doubly linked list of symbols in arrays; a link of -1 is its end. */
  private static final class Symbols {
    /** In place of a symbol that was merged into the one before it; no rule knows it. */
    private static final int GONE = Integer.MIN_VALUE;

    private final int[] symbol;
    private final int[] previous;
    private final int[] next;
    private int size;

    Symbols(int capacity) {
      symbol = new int[capacity];
      previous = new int[capacity];
      next = new int[capacity];
    }

    void append(int value) {
      symbol[size] = value;
      previous[size] = size - 1;
      next[size] = -1;
      if (size > 0) {
        next[size - 1] = size;
      }
      size++;
    }

    /** Puts one symbol in place of the two that start at a position. */
    void merge(int position, int merged) {
      int right = next[position];
      symbol[position] = merged;
      symbol[right] = GONE;
      next[position] = next[right];
      if (next[right] >= 0) {
        previous[next[right]] = position;
      }
    }
  }

  /** The merging of one text. */
  private final class Merging {
    private final Symbols symbols;
    private final MergeQueue queue = new MergeQueue();
    private final Map<Integer, int[]> halvesOfUnused = new HashMap<>();
    private boolean afterUnknown;

    Merging(Symbols symbols) {
      this.symbols = symbols;
    }

    void run() {
      for (int position = 0; position < symbols.size; position++) {
        offer(position);
      }
      while (!queue.isEmpty()) {
        long candidate = queue.poll();
        int position = MergeQueue.position(candidate);
        long rule = ruleAt(position);
        boolean stale = MergeRules.rank(rule) != MergeQueue.rank(candidate);
        if (!stale) {
          symbols.merge(position, MergeRules.merged(rule));
          offer(symbols.previous[position]);
          offer(position);
        }
      }
    }

    /** Makes the pair that starts at a position a candidate, if it has a rule. */
    private void offer(int position) {
      long rule = position < 0 ? MergeRules.NONE : ruleAt(position);
      if (rule == MergeRules.NONE) {
        return;
      }
      queue.add(MergeRules.rank(rule), position);
      int merged = MergeRules.merged(rule);
      if (vocabulary.piece(merged).type() == PieceType.UNUSED) {
        int right = symbols.next[position];
        halvesOfUnused.put(merged, new int[] {symbols.symbol[position], symbols.symbol[right]});
      }
    }

    private long ruleAt(int position) {
      int right = symbols.next[position];
      return right < 0
          ? MergeRules.NONE
          : merges.find(symbols.symbol[position], symbols.symbol[right]);
    }

    void emit(IdBuffer ids) {
      for (int at = symbols.size == 0 ? -1 : 0; at >= 0; at = symbols.next[at]) {
        emit(symbols.symbol[at], ids);
      }
    }

    /** An unused piece falls back into the halves last seen, which are shorter, so this ends. */
    private void emit(int symbol, IdBuffer ids) {
      if (symbol < 0) {
        spell(~symbol, ids);
      } else if (halvesOfUnused.containsKey(symbol)) {
        int[] halves = halvesOfUnused.get(symbol);
        emit(halves[0], ids);
        emit(halves[1], ids);
      } else {
        ids.add(symbol);
        afterUnknown = false;
      }
    }

    /** In bytes; without byte pieces, as one unknown piece for a whole run of such characters. */
    private void spell(int codePoint, IdBuffer ids) {
      if (vocabulary.hasBytes()) {
        for (byte unit : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
          ids.add(vocabulary.byteId(unit));
        }
      } else if (!afterUnknown) {
        ids.add(vocabulary.unknownId());
        afterUnknown = true;
      }
    }
  }
}
