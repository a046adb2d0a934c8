package touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/** What holds for every text, every sequence of ids and every small vocabulary. */
class TokenizerPropertyTest {
  private static final char BLANK = '\u2581';
  private static final Tokenizer BYTES_AND_A_FEW_WORDS =
      ModelFile.startingWith(true)
          .piece("\u2581\u2581", -1e9f, ModelFile.NORMAL)
          .piece("\u2581t", -1, ModelFile.NORMAL)
          .piece("he", -2, ModelFile.NORMAL)
          .piece("\u2581the", -3, ModelFile.NORMAL)
          .piece("\u00E9t\u00E9", -4, ModelFile.NORMAL)
          .piece("\u2581", -5, ModelFile.NORMAL)
          .piece("t", -6, ModelFile.NORMAL)
          .piece("h", -7, ModelFile.NORMAL)
          .piece("e", -8, ModelFile.NORMAL)
          .piece("\u00E9", -9, ModelFile.NORMAL)
          .piece("\uFFFD", -10, ModelFile.NORMAL)
          .piece("\uD83D\uDE00", -11, ModelFile.NORMAL)
          .llama(true)
          .tokenizer();

  @Property(seed = "20230918", tries = 300)
  void decodingUndoesEncoding(@ForAll("texts") String text) {
    assertThat(BYTES_AND_A_FEW_WORDS.decode(BYTES_AND_A_FEW_WORDS.encodePlain(text)))
        .isEqualTo(text);
  }

  @Property(seed = "20230918", tries = 300)
  @Tag("TOK-8")
  void aTextWithoutSpecialTokensDiffersOnlyByBos(@ForAll("texts") String text) {
    int[] plain = BYTES_AND_A_FEW_WORDS.encodePlain(text);
    assertThat(BYTES_AND_A_FEW_WORDS.encode(text, false)).isEqualTo(plain);
    assertThat(BYTES_AND_A_FEW_WORDS.encode(text)).startsWith(1).hasSize(plain.length + 1);
  }

  @Property(seed = "20230918", tries = 300)
  void segmentsAroundASpecialTokenAreEncodedAloneByDefault(
      @ForAll("texts") String before, @ForAll("texts") String after) {
    List<Integer> expected = new ArrayList<>();
    for (int id : BYTES_AND_A_FEW_WORDS.encodePlain(before)) {
      expected.add(id);
    }
    expected.add(BYTES_AND_A_FEW_WORDS.eosId());
    for (int id : BYTES_AND_A_FEW_WORDS.encodePlain(after)) {
      expected.add(id);
    }
    assertThat(BYTES_AND_A_FEW_WORDS.encode(before + "</s>" + after, false))
        .isEqualTo(expected.stream().mapToInt(Integer::intValue).toArray());
  }

  @Property(seed = "20230918", tries = 300)
  @Tag("TOK-11")
  void chunksEndAtCharactersAndJoinToTheWholeText(@ForAll("sequences") int[] ids) {
    StreamingDetokenizer stream = BYTES_AND_A_FEW_WORDS.stream(LeadingSpace.STRIPPED);
    StringBuilder joined = new StringBuilder();
    for (int id : ids) {
      String chunk = stream.append(id);
      assertThat(WellFormed.is(chunk)).as("whole characters in '%s'", chunk).isTrue();
      joined.append(chunk);
    }
    joined.append(stream.flush());
    assertThat(joined).hasToString(decodedByDefinition(BYTES_AND_A_FEW_WORDS, ids));
    assertThat(BYTES_AND_A_FEW_WORDS.decode(ids)).isEqualTo(joined.toString());
  }

  @Property(seed = "20230918", tries = 300)
  @Tag("TOK-11")
  void aStreamHoldsBackFewerThanFourBytes(@ForAll("sequences") int[] ids) {
    StreamingDetokenizer stream = BYTES_AND_A_FEW_WORDS.stream(LeadingSpace.KEPT);
    for (int id : ids) {
      stream.append(id);
    }
    assertThat(stream.flush().length()).isLessThan(4);
    assertThat(stream.flush()).isEmpty();
  }

  /** SentencePiece's rule over whole runs of bytes at once. */
  private static String decodedByDefinition(Tokenizer tokenizer, int[] ids) {
    StringBuilder text = new StringBuilder();
    boolean atStart = true;
    for (int i = 0; i < ids.length; i++) {
      if (isByte(ids[i])) {
        int end = i;
        while (end < ids.length && isByte(ids[end])) {
          end++;
        }
        appendRun(ids, i, end, text);
        i = end - 1;
        atStart = false;
      } else if (ids[i] == 0) {
        text.append(" \u2047 ");
        atStart = false;
      } else if (ids[i] > 2) {
        String piece = tokenizer.piece(ids[i]).replace(BLANK, ' ');
        text.append(atStart && piece.startsWith(" ") ? piece.substring(1) : piece);
        atStart = false;
      }
    }
    return text.toString();
  }

  private static boolean isByte(int id) {
    return id >= 3 && id < 259;
  }

  /** The longest UTF-8 prefix of up to four bytes that Java accepts, else one bad byte. */
  private static void appendRun(int[] ids, int start, int end, StringBuilder text) {
    for (int at = start; at < end; ) {
      int length = 1;
      String character = "\uFFFD";
      for (int size = 1; size <= Math.min(4, end - at); size++) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
          bytes[i] = (byte) (ids[at + i] - 3);
        }
        try {
          character = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
          length = size;
          break;
        } catch (CharacterCodingException _) {
          // Not a character yet; one more byte may make it one.
        }
      }
      text.append(character);
      at += length;
    }
  }

  @Property(seed = "20230918", tries = 300)
  @Tag("TOK-2")
  void mergingFollowsTheDefinition(
      @ForAll("vocabularies") Map<String, Integer> scores, @ForAll("abcTexts") String text) {
    ModelFile model = ModelFile.startingWith(true);
    scores.forEach((piece, score) -> model.piece(piece, score, ModelFile.NORMAL));
    Tokenizer tokenizer = model.llama(true).tokenizer();
    List<String> expected = mergedByDefinition(scores, "\u2581" + text);
    List<String> actual = new ArrayList<>();
    for (int id : tokenizer.encodePlain(text)) {
      actual.add(tokenizer.piece(id));
    }
    assertThat(actual).isEqualTo(text.isEmpty() ? List.of() : expected);
  }

  /** Searches all pairs anew for every merge. */
  private static List<String> mergedByDefinition(Map<String, Integer> scores, String text) {
    List<String> symbols = new ArrayList<>();
    text.codePoints().mapToObj(Character::toString).forEach(symbols::add);
    while (true) {
      int best = -1;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        Integer score = scores.get(symbols.get(i) + symbols.get(i + 1));
        if (score != null
            && (best < 0 || score > scores.get(symbols.get(best) + symbols.get(best + 1)))) {
          best = i;
        }
      }
      if (best < 0) {
        break;
      }
      symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
    }
    List<String> spelled = new ArrayList<>();
    for (String symbol : symbols) {
      if (scores.containsKey(symbol)) {
        spelled.add(symbol);
      } else {
        for (byte unit : symbol.getBytes(StandardCharsets.UTF_8)) {
          spelled.add("<0x%02X>".formatted(unit));
        }
      }
    }
    return spelled;
  }

  @Property(seed = "20230918", tries = 300)
  void theQueueGivesCandidatesInOrder(@ForAll List<Integer> numbers) {
    MergeQueue queue = new MergeQueue();
    numbers.forEach(number -> queue.add(number & 7, number & 0xFFFF));
    List<Long> taken = new ArrayList<>();
    while (!queue.isEmpty()) {
      taken.add(queue.poll());
    }
    assertThat(taken).hasSameSizeAs(numbers).isSorted();
  }

  @Example
  void everyCharacterOfUnicodeSurvivesItsBytes() {
    Utf8Assembler assembler = new Utf8Assembler();
    for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
      if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
        continue;
      }
      String character = Character.toString(point);
      StringBuilder text = new StringBuilder();
      for (byte unit : character.getBytes(StandardCharsets.UTF_8)) {
        if (!text.isEmpty()) {
          throw new AssertionError("U+%X appears before its last byte".formatted(point));
        }
        assembler.accept(unit, text);
      }
      if (!character.contentEquals(text)) {
        throw new AssertionError("U+%X became '%s'".formatted(point, text));
      }
    }
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> likely =
        Arbitraries.of(
            "t", "h", "e", " ", "  ", "\u00E9", "\uFFFD", "\uD83D\uDE00", "\n", "\0", "\u3000");
    Arbitrary<String> any =
        Arbitraries.integers()
            .between(0, Character.MAX_CODE_POINT)
            .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
            .filter(point -> point != BLANK)
            .map(Character::toString);
    return Arbitraries.oneOf(likely, likely, any)
        .list()
        .ofMaxSize(24)
        .map(parts -> String.join("", parts))
        .filter(text -> !text.contains("</s>"));
  }

  @Provide
  Arbitrary<int[]> sequences() {
    Arbitrary<List<Integer>> fragments =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, BYTES_AND_A_FEW_WORDS.vocab() - 1).list().ofSize(1),
            Arbitraries.of(
                utf8Ids("\u00E9"),
                utf8Ids("\u20AC"),
                utf8Ids("\uD83D\uDE00"),
                utf8Ids("\uD83D\uDE00").subList(0, 3),
                utf8Ids("\u20AC").subList(0, 2),
                utf8Ids("\u20AC").subList(1, 3),
                List.of(1),
                List.of(2),
                List.of(264)));
    return fragments
        .list()
        .ofMaxSize(12)
        .map(lists -> lists.stream().flatMap(List::stream).mapToInt(Integer::intValue).toArray());
  }

  private static List<Integer> utf8Ids(String text) {
    List<Integer> ids = new ArrayList<>();
    for (byte unit : text.getBytes(StandardCharsets.UTF_8)) {
      ids.add(3 + (unit & 0xFF));
    }
    return ids;
  }

  @Provide
  Arbitrary<Map<String, Integer>> vocabularies() {
    Arbitrary<String> pieces =
        Arbitraries.of("a", "b", "c", "\u2581", "\uD83D\uDE00")
            .list()
            .ofMinSize(1)
            .ofMaxSize(4)
            .map(parts -> String.join("", parts));
    return Arbitraries.maps(pieces, Arbitraries.integers().between(-4, 0))
        .ofMinSize(1)
        .ofMaxSize(14)
        .map(HashMap::new);
  }

  @Provide
  Arbitrary<String> abcTexts() {
    return Arbitraries.of("a", "b", "c", "\u2581", "\uD83D\uDE00")
        .list()
        .ofMaxSize(14)
        .map(parts -> String.join("", parts));
  }
}
