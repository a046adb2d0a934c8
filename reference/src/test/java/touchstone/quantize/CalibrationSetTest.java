package touchstone.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.generate.Philox;

class CalibrationSetTest {
  private static final int[] TEXT = IntStream.range(0, 1000).toArray();

  @Test
  @Tag("CALIB-1")
  void sampleBeginsWhereItsUniformNumberSays() {
    CalibrationSet set = CalibrationSet.draw(TEXT, 50, 100, -3, "text");
    assertThat(set.samples()).isEqualTo(50);
    assertThat(set.seqLen()).isEqualTo(100);
    for (int i = 0; i < 50; i++) {
      int start = (int) Math.floor(Philox.uniform(-3, 0, i) * 900);
      assertThat(set.windows().get(i))
          .containsExactly(IntStream.range(start, start + 100).toArray());
    }
  }

  @Test
  @Tag("CALIB-1")
  void lastTokenIsInNoSample() {
    CalibrationSet set = CalibrationSet.draw(new int[] {5, 6, 7, 8}, 20, 3, 0, "text");
    assertThat(set.windows()).allSatisfy(window -> assertThat(window).containsExactly(5, 6, 7));
  }

  @Test
  void textThatIsTooShortSaysHowManyTokensItHasAndNeeds() {
    assertThatThrownBy(() -> CalibrationSet.draw(TEXT, 1, 1000, 0, "a.txt"))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.LIMIT))
        .hasMessage(
            "a.txt: 1000 tokens (samples of 1000 need at least 1001; take a longer text or a shorter"
                + " --seq-len)");
  }

  @Test
  void digestTellsSeedsApart() {
    String digest = CalibrationSet.draw(TEXT, 5, 100, 1, "text").sha256();
    assertThat(CalibrationSet.draw(TEXT, 5, 100, 1, "other").sha256()).isEqualTo(digest);
    assertThat(CalibrationSet.draw(TEXT, 5, 100, 2, "text").sha256()).isNotEqualTo(digest);
    assertThat(CalibrationSet.draw(TEXT, 6, 100, 1, "text").sha256()).isNotEqualTo(digest);
  }
}
