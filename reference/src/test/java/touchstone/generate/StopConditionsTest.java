package touchstone.generate;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import touchstone.error.TouchstoneException;

class StopConditionsTest {
  @Test
  void oneTokenIsTheLeast() {
    assertThatCode(() -> new StopConditions(1, Set.of(), List.of())).doesNotThrowAnyException();
    assertThatThrownBy(() -> new StopConditions(0, Set.of(), List.of()))
        .isInstanceOf(TouchstoneException.class)
        .hasMessage("max_new_tokens: 0 is out of range (allowed: a whole number, 1 or more)");
  }

  @Test
  void aStopStringIsText() {
    assertThatThrownBy(() -> new StopConditions(1, Set.of(), List.of("x", "")))
        .isInstanceOf(TouchstoneException.class)
        .hasMessageStartingWith("stop[1]: an empty text is out of range");
    assertThatThrownBy(() -> new StopConditions(1, Set.of(), List.of("x\ud83d")))
        .isInstanceOf(TouchstoneException.class)
        .hasMessageStartingWith("stop[0]: half a surrogate pair is out of range");
    assertThatCode(() -> new StopConditions(1, Set.of(), List.of("\ud83d\ude00")))
        .doesNotThrowAnyException();
  }
}
