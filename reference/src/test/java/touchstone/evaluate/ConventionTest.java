package touchstone.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.error.TouchstoneException;
import touchstone.golden.GoldenData;
import touchstone.tokenizer.Tokenizer;

/** Which tokens count, and what each is predicted from, by hand. */
class ConventionTest {
  private static final int BOS = 1;

  /** BOS 10 11 12 ... */
  private static TokenisedText text(int plain) {
    int[] ids = IntStream.range(10, 10 + plain).toArray();
    int[] marked = IntStream.concat(IntStream.of(BOS), Arrays.stream(ids)).toArray();
    return new TokenisedText("text", ids, marked, BOS, true);
  }

  /** Every prediction that counts, as {@code context>target}. */
  private static List<String> predictions(Convention convention, TokenisedText text) {
    List<String> all = new ArrayList<>();
    for (Window window : convention.windows(text)) {
      int[] inputs = window.inputs();
      for (int row = window.firstScoredRow(); row < inputs.length; row++) {
        String context =
            String.join(
                " ", Arrays.stream(inputs).limit(row + 1).mapToObj(String::valueOf).toList());
        all.add(context + ">" + window.target(row));
      }
    }
    return all;
  }

  @Test
  @Tag("PPL-2")
  void gptqPredictsAllOfABlockButItsFirstTokenAndHasBosOnlyInTheFirst() {
    assertThat(predictions(new Convention.Gptq(3), text(7)))
        .containsExactly("1>10", "1 10>11", "12>13", "12 13>14");
  }

  @Test
  @Tag("PPL-5")
  void llamaCppPredictsTheSecondHalfOfABlockThatBeginsWithBos() {
    assertThat(predictions(new Convention.LlamaCpp(4), text(8)))
        .containsExactly("1 10 11>12", "1 14 15>16");
    assertThat(predictions(new Convention.LlamaCpp(5), text(4)))
        .containsExactly("1 10 11>12", "1 10 11 12>13");
  }

  @Test
  @Tag("PPL-5")
  void llamaCppLeavesBlocksAsTheyAreWhereTheTokenizerAddsNoBos() {
    TokenisedText bare =
        new TokenisedText("text", new int[] {5, 6, 7}, new int[] {5, 6, 7}, BOS, false);
    assertThat(predictions(new Convention.LlamaCpp(3), bare)).containsExactly("5 6>7");
  }

  @Test
  @Tag("PPL-4")
  void transformersPredictsWhatNoEarlierWindowRead() {
    assertThat(predictions(new Convention.Transformers(4, 2), text(6)))
        .containsExactly("1>10", "1 10>11", "1 10 11>12", "11 12>13", "11 12 13>14", "13 14>15");
  }

  @Test
  @Tag("PPL-4")
  void windowsThatDoNotOverlapPredictAllButTheirFirstToken() {
    assertThat(predictions(new Convention.Transformers(3, 3), text(6)))
        .as("the seventh token would be predicted from nothing")
        .containsExactly("1>10", "1 10>11", "12>13", "12 13>14");
  }

  @Test
  @Tag("PPL-4")
  void textShorterThanAWindowIsOneWindow() {
    assertThat(predictions(new Convention.Transformers(100, 7), text(2)))
        .containsExactly("1>10", "1 10>11");
  }

  @Test
  @Tag("PPL-3")
  void lmEvalPredictsEveryTokenOnceAndFillsTheLastWindowWithContext() {
    assertThat(predictions(new Convention.LmEval(3), text(5)))
        .containsExactly("1>10", "1 10>11", "1 10 11>12", "11 12>13", "11 12 13>14");
    assertThat(predictions(new Convention.LmEval(2), text(4)))
        .containsExactly("1>10", "1 10>11", "11>12", "11 12>13");
    assertThat(predictions(new Convention.LmEval(9), text(1))).containsExactly("1>10");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gptq | 9 | text: 8 tokens (at least 9 are needed; give a longer text or a smaller --block)",
        "gptq | 1 | --block: 1 (at least 2: a token, and one that it predicts)",
        "llama.cpp | 9 | text: 8 tokens (at least 9 are needed; give a longer text or a smaller --block)",
        "llama.cpp | 2 | --block: 2 (at least 3, so that its second half predicts a token)",
        "lm-eval | 1 | --block: 1 (at least 2: a token, and one that it predicts)",
        "transformers | 4 | --stride: 5 (between 1 and the block of 4)",
        "transformers | 1 | --block: 1 (at least 2: a token, and one that it predicts)",
      })
  void sizesThatCannotBeAreRefused(String name, int block, String message) {
    assertThatThrownBy(
            () -> {
              Convention convention =
                  switch (name) {
                    case "gptq" -> new Convention.Gptq(block);
                    case "llama.cpp" -> new Convention.LlamaCpp(block);
                    case "lm-eval" -> new Convention.LmEval(block);
                    default -> new Convention.Transformers(block, 5);
                  };
              convention.windows(text(7));
            })
        .isInstanceOf(TouchstoneException.class)
        .hasMessage(message);
  }

  @Test
  void textOfOneTokenHasNothingToPredictButForLmEval() {
    assertThatThrownBy(() -> new Convention.Transformers(4, 4).windows(text(0)))
        .hasMessage("text: 1 tokens (at least 2 are needed; give a longer text)");
    assertThatThrownBy(() -> new Convention.LmEval(4).windows(text(0)))
        .hasMessage("text: 0 tokens (at least 1 are needed; give a longer text)");
  }

  @Test
  void cuttingATextCountsItsBos() {
    TokenisedText cut = text(5).first(3);
    assertThat(cut.marked()).containsExactly(BOS, 10, 11);
    assertThat(cut.plain()).containsExactly(10, 11);
    assertThat(text(5).first(99).plain()).hasSize(5);
  }

  @Test
  void tokenizerSaysWhereBosGoes() {
    Tokenizer pebble = Tokenizer.load(GoldenData.path("models/pebble"));
    TokenisedText text = TokenisedText.of("a file", "gold", pebble);
    assertThat(text.bosAdded()).isTrue();
    assertThat(text.bosId()).isEqualTo(1);
    assertThat(text.marked()).startsWith(1).hasSize(text.plain().length + 1);
    assertThat(text.marked()).endsWith(text.plain());
    assertThatThrownBy(() -> TokenisedText.of("a file", "", pebble))
        .isInstanceOf(TouchstoneException.class)
        .hasMessage("a file: an empty text (there is nothing to predict in it)");
  }

  @Test
  void windowThatScoresItsFirstTokenOrNothingIsAMistake() {
    int[] sequence = {1, 2, 3};
    assertThatThrownBy(() -> new Window(sequence, 0, 3, 3))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Window(sequence, 0, 3, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(new Window(sequence, 1, 3, 1).position(0)).isEqualTo(2);
  }
}
