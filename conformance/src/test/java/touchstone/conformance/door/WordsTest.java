package touchstone.conformance.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.error.TouchstoneException;

final class WordsTest {
  @Test
  void wordsAreSplitAsAShellSplitsThem() {
    assertThat(Words.of("python3  adapter.py\t--model pebble"))
        .containsExactly("python3", "adapter.py", "--model", "pebble");
    assertThat(Words.of("a 'b c' \"d \\\" \\n e\" f\\ g ''"))
        .containsExactly("a", "b c", "d \" \\n e", "f g", "");
    assertThat(Words.of("x'y'\"z\"")).containsExactly("xyz");
  }

  @Test
  void nothingIsExpanded() {
    assertThat(Words.of("echo $HOME * ; rm")).containsExactly("echo", "$HOME", "*", ";", "rm");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "a 'b", "a \"b", "a \"b\\", "a\\"})
  void whatIsNoCommandIsRefused(String command) {
    assertThatThrownBy(() -> Words.of(command)).isInstanceOf(TouchstoneException.class);
  }
}
