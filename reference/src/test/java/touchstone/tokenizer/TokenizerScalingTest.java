package touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A text without spaces is one word for this tokenizer; implementations that search all pairs anew for
 * every merge take hours over it.
 */
class TokenizerScalingTest {
  private static final int MILLION = 1 << 20;

  @ParameterizedTest
  @ValueSource(strings = {"a", "_", " ", "\uD83D\uDE00"})
  void eightTimesTheTextTakesFarLessThanSixtyFourTimesTheWork(String unit) {
    Tokenizer tokenizer = powersOf(unit);
    long one = nanoseconds(tokenizer, unit.repeat(MILLION / 32));
    long eight = nanoseconds(tokenizer, unit.repeat(MILLION / 4));
    // 8 * 18 / 15 = 9.6 for n log n; the rest is for a cold cache and a busy machine.
    assertThat((double) eight / one).isLessThan(32);
  }

  @Test
  void aMillionEqualCharactersBecomeTheLongestPieces() {
    Tokenizer tokenizer = powersOf("a");
    int[] ids = tokenizer.encodePlain("a".repeat(MILLION));
    int blankInBytes = 3;
    assertThat(ids.length).isEqualTo(blankInBytes + MILLION / 16);
    assertThat(tokenizer.piece(ids[ids.length - 1])).isEqualTo("a".repeat(16));
  }

  @Test
  void manySpecialTokensAreFoundInOnePass() {
    Tokenizer tokenizer = powersOf("a");
    int[] ids = tokenizer.encode("</s>".repeat(MILLION / 4), false);
    assertThat(ids.length).isEqualTo(MILLION / 4);
    assertThat(IntStream.of(ids).distinct().toArray()).containsExactly(tokenizer.eosId());
  }

  @Test
  void aMillionBytesStreamInOnePass() {
    Tokenizer tokenizer = powersOf("a");
    int[] ids = new int[MILLION];
    Arrays.fill(ids, tokenizer.id("<0xF0>").orElseThrow());
    assertThat(tokenizer.decode(ids).equals("\uFFFD".repeat(MILLION))).isTrue();
  }

  private static long nanoseconds(Tokenizer tokenizer, String text) {
    long best = Long.MAX_VALUE;
    for (int round = 0; round < 3; round++) {
      long start = System.nanoTime();
      tokenizer.encodePlain(text);
      best = Math.min(best, System.nanoTime() - start);
    }
    return best;
  }

  /** Pieces of 1, 2, 4, 8 and 16 times the unit, with rising scores for the shorter. */
  private static Tokenizer powersOf(String unit) {
    String escaped = unit.replace(' ', '\u2581');
    ModelFile model = ModelFile.startingWith(true);
    for (int times = 1; times <= 16; times *= 2) {
      model.piece(escaped.repeat(times), -times, ModelFile.NORMAL);
    }
    return model.llama(true).tokenizer();
  }
}
