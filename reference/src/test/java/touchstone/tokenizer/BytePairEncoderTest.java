package touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Small models; what they give was measured with sentencepiece 0.2.2. */
class BytePairEncoderTest {
  private static final String BLANK = "\u2581";

  @Test
  @Tag("TOK-2")
  void theHigherScoreMergesFirst() {
    Tokenizer tokenizer = abc(0, -1, ModelFile.NORMAL);
    assertThat(pieces(tokenizer, "abc")).containsExactly(BLANK, "ab", "c");
    assertThat(pieces(abc(-1, 0, ModelFile.NORMAL), "abc")).containsExactly(BLANK, "a", "bc");
  }

  @Test
  @Tag("TOK-2")
  void amongEqualScoresTheLeftmostMergesFirst() {
    assertThat(pieces(abc(-1, -1, ModelFile.NORMAL), "abcbc"))
        .containsExactly(BLANK, "ab", "c", "bc");
  }

  /** As in Llama-2's vocabulary, not in Pebble's. */
  @Test
  @Tag("TOK-2")
  void aRunOfSpacesIsMadeOfPiecesOfSpaces() {
    Tokenizer tokenizer =
        ModelFile.startingWith(true)
            .piece(BLANK.repeat(2), -1, ModelFile.NORMAL)
            .piece(BLANK.repeat(4), -2, ModelFile.NORMAL)
            .piece(BLANK + "a", -3, ModelFile.NORMAL)
            .piece(BLANK, -20, ModelFile.NORMAL)
            .piece("a", -21, ModelFile.NORMAL)
            .llama(true)
            .tokenizer();
    assertThat(pieces(tokenizer, " ".repeat(6)))
        .containsExactly(BLANK.repeat(4), BLANK.repeat(2), BLANK);
    assertThat(pieces(tokenizer, "    a")).containsExactly(BLANK.repeat(4), BLANK + "a");
    assertThat(tokenizer.decode(tokenizer.encodePlain("   a  "))).isEqualTo("   a  ");
  }

  @Test
  @Tag("TOK-2")
  void negativeZeroIsBelowZero() {
    assertThat(pieces(abc(-0f, 0f, ModelFile.NORMAL), "abc")).containsExactly(BLANK, "a", "bc");
  }

  /** Pieces a, b, c, ab and bc. */
  private static Tokenizer abc(float abScore, float bcScore, int abType) {
    return ModelFile.startingWith(true)
        .piece("a", -5, ModelFile.NORMAL)
        .piece("b", -6, ModelFile.NORMAL)
        .piece("ab", abScore, abType)
        .piece("bc", bcScore, ModelFile.NORMAL)
        .piece("c", -7, ModelFile.NORMAL)
        .piece(BLANK, -20, ModelFile.NORMAL)
        .llama(true)
        .tokenizer();
  }

  @Test
  void aPieceMayBeMadeOfCharactersThatAreNoPieces() {
    Tokenizer tokenizer =
        ModelFile.startingWith(true)
            .piece("a", -10, ModelFile.NORMAL)
            .piece("ab", -1, ModelFile.NORMAL)
            .piece(BLANK, -20, ModelFile.NORMAL)
            .llama(true)
            .tokenizer();
    assertThat(pieces(tokenizer, "ab")).containsExactly(BLANK, "ab");
    assertThat(pieces(tokenizer, "abb")).containsExactly(BLANK, "ab", "<0x62>");
  }

  @Test
  @Tag("TOK-3")
  void anUnusedPieceTakesPartInMergesAndIsSplitAgain() {
    Tokenizer tokenizer =
        ModelFile.startingWith(false)
            .piece("a", -10, ModelFile.NORMAL)
            .piece("b", -11, ModelFile.NORMAL)
            .piece("c", -12, ModelFile.NORMAL)
            .piece("ab", -1, ModelFile.UNUSED)
            .piece("abc", -2, ModelFile.NORMAL)
            .piece(BLANK, -20, ModelFile.NORMAL)
            .llama(false)
            .tokenizer();
    assertThat(pieces(tokenizer, "ab")).containsExactly(BLANK, "a", "b");
    assertThat(pieces(tokenizer, "abc")).containsExactly(BLANK, "abc");
    assertThat(pieces(tokenizer, "aab abx"))
        .containsExactly(BLANK, "a", "a", "b", BLANK, "a", "b", "<unk>");
  }

  @Test
  void anUnusedPieceIsSplitAsItsLastCandidateWas() {
    Tokenizer tokenizer =
        ModelFile.startingWith(false)
            .piece("a", -10, ModelFile.NORMAL)
            .piece("aa", -1, ModelFile.NORMAL)
            .piece("aaa", -2, ModelFile.UNUSED)
            .piece(BLANK, -20, ModelFile.NORMAL)
            .llama(false)
            .tokenizer();
    assertThat(pieces(tokenizer, "aaa")).containsExactly(BLANK, "aa", "a");
    assertThat(pieces(tokenizer, "aaaaaaa")).containsExactly(BLANK, "aa", "aa", "aa", "a");
  }

  @Test
  void anUnusedCharacterStandsForItself() {
    Tokenizer tokenizer =
        ModelFile.startingWith(true)
            .piece("a", -10, ModelFile.NORMAL)
            .piece(BLANK, -20, ModelFile.UNUSED)
            .piece(BLANK + "a", -1, ModelFile.UNUSED)
            .piece(BLANK + BLANK, -3, ModelFile.NORMAL)
            .llama(true)
            .tokenizer();
    assertThat(pieces(tokenizer, "a")).containsExactly(BLANK, "a");
    assertThat(pieces(tokenizer, "  a")).containsExactly(BLANK + BLANK, BLANK, "a");
  }

  @Test
  @Tag("TOK-3")
  void aUserDefinedPieceIsCutOutWholeLongestFirst() {
    Tokenizer tokenizer =
        ModelFile.startingWith(false)
            .piece("a", -10, ModelFile.NORMAL)
            .piece("b", -11, ModelFile.NORMAL)
            .piece("ab", 0, ModelFile.USER_DEFINED)
            .piece("abb", 0, ModelFile.USER_DEFINED)
            .piece("aab", -1, ModelFile.NORMAL)
            .piece("bb", -3, ModelFile.NORMAL)
            .piece(BLANK, -20, ModelFile.NORMAL)
            .piece(BLANK + "a", -2, ModelFile.NORMAL)
            .llama(false)
            .tokenizer();
    assertThat(pieces(tokenizer, "aab")).containsExactly(BLANK + "a", "ab");
    assertThat(pieces(tokenizer, "abbb")).containsExactly(BLANK, "abb", "b");
    assertThat(pieces(tokenizer, "a b ab")).containsExactly(BLANK + "a", BLANK, "b", BLANK, "ab");
  }

  @Test
  @Tag("TOK-4")
  void withoutBytesARunOfUnknownCharactersIsOneUnknownPiece() {
    Tokenizer tokenizer =
        ModelFile.startingWith(false)
            .piece("a", -10, ModelFile.NORMAL)
            .piece(BLANK, -20, ModelFile.NORMAL)
            .llama(false)
            .tokenizer();
    assertThat(pieces(tokenizer, "a\u2603\uD83D\uDE00a\u2603"))
        .containsExactly(BLANK, "a", "<unk>", "a", "<unk>");
    assertThat(tokenizer.decode(tokenizer.encodePlain("\u2603\u2603 a"))).isEqualTo(" \u2047  a");
  }

  @Test
  @Tag("TOK-3")
  void aControlPieceOfOneCharacterIsNotMadeFromText() {
    Tokenizer tokenizer =
        ModelFile.startingWith(true)
            .piece("#", 0, ModelFile.CONTROL)
            .piece(BLANK, -20, ModelFile.NORMAL)
            .llama(true)
            .tokenizer();
    assertThat(pieces(tokenizer, "#")).containsExactly(BLANK, "<0x23>");
  }

  @Test
  @Tag("TOK-5")
  void halfASurrogatePairIsEncodedAsTheReplacementCharacter() {
    Tokenizer tokenizer = abc(-1, -1, ModelFile.NORMAL);
    assertThat(tokenizer.encodePlain("a\uD83Db\uDE00"))
        .isEqualTo(tokenizer.encodePlain("a\uFFFDb\uFFFD"));
    assertThat(tokenizer.encode("\uDE00\uD83D")).isEqualTo(tokenizer.encode("\uFFFD\uFFFD"));
  }

  private static List<String> pieces(Tokenizer tokenizer, String text) {
    return IntStream.of(tokenizer.encodePlain(text)).mapToObj(tokenizer::piece).toList();
  }
}
