package touchstone.conformance.mutant;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.own.Seams;
import touchstone.conformance.own.Text;
import touchstone.tokenizer.DummyPrefix;
import touchstone.tokenizer.Tokenizer;

/** Mistakes from text to ids: group C of the catalogue, less prompts. */
final class TokenizerMutants {
  private static final Pattern BYTE_NAME = Pattern.compile("<0x([0-9A-F]{2})>");

  private TokenizerMutants() {}

  static List<Mutant> all() {
    List<Mutant> all = new ArrayList<>(marks());
    all.addAll(spaces());
    all.addAll(merges());
    all.addAll(characters());
    return all;
  }

  private static Mutant mutant(
      String id, String title, String symptom, String cause, Seams seams, String... links) {
    return new Mutant(id, Group.TEXT, title, symptom, cause, List.of(links), seams);
  }

  /** The token that begins a sequence, and special tokens in a text. */
  private static List<Mutant> marks() {
    return List.of(
        mutant(
            "bos-missing",
            "no token begins the sequence",
            "The first answers are poor and perplexity is higher; every text lacks its first id.",
            "The tokenizer is called without special tokens, and nobody else adds them.",
            TextDeviations.encoding((text, tokenizer, plain, bos) -> text.encode(plain, false)),
            "https://github.com/ggml-org/llama.cpp/issues/1303",
            "https://github.com/ggml-org/llama.cpp/issues/1291"),
        mutant(
            "bos-doubled",
            "two tokens begin the sequence",
            "Answers are a little worse; ids start with 1, 1.",
            "The prompt's template writes <s> and the tokenizer adds another.",
            TextDeviations.encoding(
                (text, tokenizer, plain, bos) ->
                    bos
                        ? before(tokenizer.bosId(), text.encode(plain, true))
                        : text.encode(plain, false)),
            "https://github.com/ggml-org/llama.cpp/issues/7107",
            "https://github.com/huggingface/text-generation-inference/issues/1843"),
        mutant(
            "special-tokens-as-text",
            "</s> in a prompt is taken for four characters",
            "From the second turn on; the model sees no end of its own answers.",
            "Special tokens are looked for in a normalised text, or not at all.",
            TextDeviations.encoding(TokenizerMutants::plain),
            "https://github.com/ggml-org/llama.cpp/issues/1812",
            "https://github.com/huggingface/transformers/issues/23818"),
        mutant(
            "byte-names-parsed",
            "<0x0A> typed in a text becomes the byte",
            "Only texts that quote byte tokens; a way to smuggle bytes past a filter.",
            "Pieces of every type are looked up in the text.",
            TextDeviations.encoding(TokenizerMutants::byteNames),
            "https://github.com/ggml-org/llama.cpp/issues/2820"));
  }

  private static int[] before(int id, int[] ids) {
    return IntStream.concat(IntStream.of(id), IntStream.of(ids)).toArray();
  }

  private static int[] plain(Text text, Tokenizer tokenizer, String plain, boolean bos) {
    int[] ids = tokenizer.encodePlain(plain);
    return bos ? before(tokenizer.bosId(), ids) : ids;
  }

  private static int[] byteNames(Text text, Tokenizer tokenizer, String plain, boolean bos) {
    IntStream ids = bos ? IntStream.of(tokenizer.bosId()) : IntStream.empty();
    Matcher name = BYTE_NAME.matcher(plain);
    int start = 0;
    while (name.find()) {
      int[] rest = text.encode(plain.substring(start, name.start()), false);
      ids = IntStream.concat(ids, IntStream.of(rest));
      ids = IntStream.concat(ids, IntStream.of(tokenizer.id(name.group()).getAsInt()));
      start = name.end();
    }
    return IntStream.concat(ids, IntStream.of(text.encode(plain.substring(start), false)))
        .toArray();
  }

  private static List<Mutant> spaces() {
    return List.of(
        prefix(
            "prefix-space-missing",
            "no blank goes before the first word",
            "The first word of a text is another token than after a space: Hello for \u2581Hello.",
            "The dummy prefix of SentencePiece is left out.",
            DummyPrefix.NONE,
            "https://github.com/ggml-org/llama.cpp/issues/2805"),
        mutant(
            "prefix-space-doubled",
            "two blanks go before the first word",
            "A lone blank token starts every text.",
            "A caller puts a space before a text because an older tokenizer needed it.",
            TextDeviations.encoding(
                (text, tokenizer, plain, bos) ->
                    text.encode(plain.isEmpty() ? plain : " " + plain, bos)),
            "https://github.com/ggml-org/llama.cpp/issues/8584"),
        prefix(
            "prefix-space-once",
            "no blank goes before what follows a special token",
            "From the second turn on: USER after </s> is another token.",
            "legacy=false, for a model that was trained with legacy=true.",
            DummyPrefix.ONCE,
            "https://github.com/huggingface/transformers/issues/25073",
            "https://github.com/huggingface/transformers/issues/24565"),
        prefix(
            "leading-space-swallowed",
            "no blank goes before a text that begins with one",
            "A text loses its first space.",
            "The prefix is added only where there is no space yet, as Transformers 5 rebuilds it.",
            DummyPrefix.EACH_SEGMENT_UNLESS_PRESENT,
            "https://github.com/huggingface/transformers/issues/47700"),
        mutant(
            "text-trimmed",
            "spaces at both ends of a text are dropped",
            "Texts that begin or end with white space.",
            "The request is trimmed on its way to the tokenizer.",
            TextDeviations.encoding(
                (text, tokenizer, plain, bos) -> text.encode(plain.strip(), bos))));
  }

  private static Mutant prefix(
      String id, String title, String symptom, String cause, DummyPrefix prefix, String... links) {
    return mutant(
        id,
        title,
        symptom,
        cause,
        TextDeviations.encoding(
            (text, tokenizer, plain, bos) -> tokenizer.withPrefix(prefix).encode(plain, bos)),
        links);
  }

  private static List<Mutant> merges() {
    return List.of(
        pieces(
            "merges-by-id",
            "merges are ranked by the id of what they make, not by its score",
            "Runs of spaces: \u2581\u2581 merges first, so the last space is lost to the word after it.",
            "Scores are taken for ranks that nobody keeps, as in a file converted from tokenizer.json.",
            PlainPieces.pairs((piece, id) -> id, false),
            "https://github.com/ggml-org/llama.cpp/issues/23840"),
        pieces(
            "merges-rightmost",
            "of equal merges the rightmost comes first",
            "Repeated characters: aaa is a, aa instead of aa, a.",
            "A queue without the second key, the position.",
            PlainPieces.pairs(PlainPieces::byScore, true),
            "https://github.com/ggml-org/llama.cpp/issues/252"),
        pieces(
            "pieces-longest-first",
            "the longest piece is taken, from left to right",
            "Words are cut at other places; answers are worse, and fluent.",
            "Byte-pair encoding is taken for a search in a dictionary.",
            PlainPieces::longest,
            "https://github.com/ggml-org/llama.cpp/issues/167"));
  }

  private static Mutant pieces(
      String id,
      String title,
      String symptom,
      String cause,
      PlainPieces.Merging merging,
      String... links) {
    return mutant(
        id,
        title,
        symptom,
        cause,
        TextDeviations.encoding(
            (text, tokenizer, plain, bos) ->
                new PlainPieces(tokenizer, merging, PlainPieces::utf8).encode(plain, bos)),
        links);
  }

  private static List<Mutant> characters() {
    return List.of(
        spelling(
            "byte-fallback-missing",
            "a character that is no piece is the unknown token",
            "Accents, emoji and line ends are lost.",
            "byte_fallback is not read.",
            (tokenizer, symbol) -> IntStream.of(tokenizer.id("<unk>").getAsInt()),
            "https://github.com/zml/zml/pull/37"),
        spelling(
            "surrogates-spelled",
            "a character beyond U+FFFF is spelled as two surrogates",
            "Emoji become six bytes instead of four.",
            "Strings of UTF-16 are walked a unit at a time.",
            TokenizerMutants::surrogates,
            "https://www.unicode.org/reports/tr26/"),
        mutant(
            "text-normalised",
            "texts are normalised (NFKC)",
            "Ligatures, full-width letters and composed accents become others.",
            "SentencePiece's usual normaliser instead of the model's, which is the identity.",
            TextDeviations.encoding(
                (text, tokenizer, plain, bos) ->
                    text.encode(Normalizer.normalize(plain, Normalizer.Form.NFKC), bos)),
            "https://github.com/google/sentencepiece/blob/master/doc/normalization.md"));
  }

  private static Mutant spelling(
      String id,
      String title,
      String symptom,
      String cause,
      PlainPieces.Spelling spelling,
      String... links) {
    PlainPieces.Merging merging = PlainPieces.pairs(PlainPieces::byScore, false);
    return mutant(
        id,
        title,
        symptom,
        cause,
        TextDeviations.encoding(
            (text, tokenizer, plain, bos) ->
                new PlainPieces(tokenizer, merging, spelling).encode(plain, bos)),
        links);
  }

  private static IntStream surrogates(Tokenizer tokenizer, String symbol) {
    if (symbol.length() == 1) {
      return PlainPieces.utf8(tokenizer, symbol);
    }
    return symbol
        .chars()
        .flatMap(
            unit ->
                PlainPieces.bytes(
                    tokenizer,
                    new byte[] {
                      (byte) (0xE0 | unit >> 12),
                      (byte) (0x80 | unit >> 6 & 0x3F),
                      (byte) (0x80 | unit & 0x3F)
                    }));
  }
}
