package touchstone.tokenizer;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import touchstone.tokenizer.LiteralMatcher.Literal;

/**
 * Cuts a text at the special tokens typed in it, puts the dummy prefix where it belongs and encodes
 * what lies between.
 *
 * @source huggingface/transformers 4.57.6, huggingface/tokenizers 0.22.2
 *     tokenizers/src/tokenizer/added_vocabulary.rs; where they differ see {@link DummyPrefix}
 * @rules TOK-1 TOK-6 TOK-7
 */
final class Segmenter {
  private static final String BLANK = String.valueOf(Vocabulary.BLANK);

  private final BytePairEncoder encoder;
  private final DummyPrefix prefix;
  private final LiteralMatcher raw;
  private final LiteralMatcher normalized;
  private final OptionalInt blankId;
  private final Set<Integer> special;

  Segmenter(Vocabulary vocabulary, BytePairEncoder encoder, Behaviour behaviour) {
    this.encoder = encoder;
    this.prefix = behaviour.prefix();
    List<AddedToken> added = behaviour.addedTokens();
    // Only this prefix is part of the normaliser; with the others, matching normalised or raw
    // text is the same.
    boolean normalizes = prefix == DummyPrefix.EACH_SEGMENT;
    this.raw =
        new LiteralMatcher(
            added.stream()
                .filter(token -> !normalizes || !token.normalized())
                .map(token -> new Literal(token.content(), token.id()))
                .toList());
    this.normalized =
        new LiteralMatcher(
            added.stream()
                .filter(token -> normalizes && token.normalized())
                .map(token -> new Literal(BLANK + escape(token.content()), token.id()))
                .toList());
    this.blankId = vocabulary.id(BLANK);
    this.special =
        added.stream().filter(AddedToken::special).map(AddedToken::id).collect(Collectors.toSet());
  }

  private interface SegmentEncoder {
    void encode(String segment, int start, IdBuffer ids);
  }

  /** Spaces as blanks: only U+0020; tabs, line ends and other spaces are characters like any. */
  static String escape(String text) {
    return text.replace(' ', Vocabulary.BLANK);
  }

  /** Appends the ids of a well-formed text. */
  void encode(String text, IdBuffer ids) {
    if (prefix != DummyPrefix.ONCE || text.isEmpty()) {
      cut(text, raw, this::encodeSegment, ids);
      return;
    }
    IdBuffer prefixed = new IdBuffer();
    cut(BLANK + text.replace(Vocabulary.BLANK, ' '), raw, this::encodeSegment, prefixed);
    for (int i = startsWithLoneBlank(prefixed) ? 1 : 0; i < prefixed.size(); i++) {
      ids.add(prefixed.get(i));
    }
  }

  /** Whether the prefix became a token of its own before a special token, and is to be dropped. */
  private boolean startsWithLoneBlank(IdBuffer ids) {
    return ids.size() > 1
        && blankId.equals(OptionalInt.of(ids.get(0)))
        && special.contains(ids.get(1));
  }

  private static void cut(
      String text, LiteralMatcher literals, SegmentEncoder between, IdBuffer ids) {
    int start = 0;
    for (int at = 0; at < text.length(); ) {
      Optional<Literal> found = literals.longestAt(text, at);
      if (found.isEmpty()) {
        at++;
        continue;
      }
      between.encode(text.substring(start, at), start, ids);
      ids.add(found.get().id());
      at += found.get().text().length();
      start = at;
    }
    between.encode(text.substring(start), start, ids);
  }

  private void encodeSegment(String segment, int start, IdBuffer ids) {
    if (!segment.isEmpty()) {
      cut(
          prefixed(escape(segment), start),
          normalized,
          (rest, at, all) -> encoder.encode(rest, all),
          ids);
    }
  }

  private String prefixed(String segment, int start) {
    return switch (prefix) {
      case EACH_SEGMENT -> BLANK + segment;
      case EACH_SEGMENT_UNLESS_PRESENT -> unlessPresent(segment);
      case FIRST_SEGMENT_UNLESS_PRESENT -> start == 0 ? unlessPresent(segment) : segment;
      case ONCE, NONE -> segment;
    };
  }

  private static String unlessPresent(String segment) {
    return segment.startsWith(BLANK) ? segment : BLANK + segment;
  }
}
