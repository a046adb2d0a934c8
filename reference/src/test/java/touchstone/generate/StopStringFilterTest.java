package touchstone.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("STOP-2")
class StopStringFilterTest {
  @Test
  void textPassesAtOnceIfNothingCanBecomeAStop() {
    StopStringFilter filter = new StopStringFilter(List.of("USER:"));
    assertThat(filter.append("Hello")).isEqualTo("Hello");
    assertThat(filter.held()).isEmpty();
  }

  @Test
  void theLongestBeginningOfAStopIsHeldBack() {
    StopStringFilter filter = new StopStringFilter(List.of("abab!", "b?"));
    assertThat(filter.append("xabab")).isEqualTo("x");
    assertThat(filter.held()).isEqualTo("abab");
    assertThat(filter.append("ab")).isEqualTo("ab");
    assertThat(filter.append("c")).isEqualTo("ababc");
  }

  @Test
  void aStopMaySpanChunks() {
    StopStringFilter filter = new StopStringFilter(List.of("USER:"));
    assertThat(filter.append("Bye. US")).isEqualTo("Bye. ");
    assertThat(filter.append("ER")).isEmpty();
    assertThat(filter.stopped()).isFalse();
    assertThat(filter.append(": more")).isEmpty();
    assertThat(filter.stopped()).isTrue();
    assertThat(filter.append("never")).isEmpty();
    assertThat(filter.flush()).isEmpty();
  }

  @Test
  void whatDidNotBecomeAStopIsReleasedAtTheEnd() {
    StopStringFilter filter = new StopStringFilter(List.of("USER:"));
    assertThat(filter.append("the USER")).isEqualTo("the ");
    assertThat(filter.flush()).isEqualTo("USER");
    assertThat(filter.stopped()).isFalse();
  }

  @Test
  void theStopThatIsCompleteFirstWins() {
    assertThat(through(List.of("zzz", "llo", "o w"), "hello world zzz")).isEqualTo("he");
    assertThat(through(List.of("abcd", "bc"), "xabcd")).isEqualTo("xa");
  }

  @Test
  void ofStopsThatEndTogetherTheLongestWins() {
    assertThat(through(List.of("c", "abc", "bc"), "xabc")).isEqualTo("x");
  }

  @Test
  void aStopAtTheVeryBeginningLeavesNothing() {
    assertThat(through(List.of("\n"), "\nHello")).isEmpty();
  }

  @Test
  void withoutStopsEverythingPasses() {
    assertThat(through(List.of(), "abc")).isEqualTo("abc");
  }

  /**
   * The definition, one character at a time and by brute force: the text before the stop string that
   * ends first, the longest of those.
   */
  @Property(tries = 2000, seed = "41")
  void cuttingTheTextDoesNotChangeWhatPasses(
      @ForAll("texts") String text,
      @ForAll("stops") List<String> stops,
      @ForAll("cuts") List<Integer> cuts) {
    StopStringFilter filter = new StopStringFilter(stops);
    StringBuilder passed = new StringBuilder();
    int from = 0;
    for (int cut : cuts) {
      int to = Math.min(text.length(), from + cut);
      passed.append(filter.append(text.substring(from, to)));
      from = to;
      assertThat(filter.held())
          .satisfies(held -> assertThat(held.isEmpty() || beginsAStop(held, stops)).isTrue());
    }
    passed.append(filter.append(text.substring(from)));
    passed.append(filter.flush());
    assertThat(passed.toString()).isEqualTo(beforeFirstStop(text, stops));
    assertThat(filter.stopped()).isEqualTo(stops.stream().anyMatch(text::contains));
  }

  /** Text that has come and was not let through begins a stop string; no more could have passed. */
  @Property(tries = 1000, seed = "42")
  void nothingIsHeldThatCannotBecomeAStopAndNothingPassesThatCan(
      @ForAll("texts") String text, @ForAll("stops") List<String> stops) {
    StopStringFilter filter = new StopStringFilter(stops);
    String passed = filter.append(text);
    if (filter.stopped()) {
      return;
    }
    assertThat(passed + filter.held()).isEqualTo(text);
    for (int start = 0; start < passed.length(); start++) {
      assertThat(beginsAStop(text.substring(start), stops)).isFalse();
    }
  }

  private static boolean beginsAStop(String text, List<String> stops) {
    return stops.stream().anyMatch(stop -> stop.length() > text.length() && stop.startsWith(text));
  }

  private static String beforeFirstStop(String text, List<String> stops) {
    for (int end = 1; end <= text.length(); end++) {
      String sofar = text.substring(0, end);
      int longest = stops.stream().filter(sofar::endsWith).mapToInt(String::length).max().orElse(0);
      if (longest > 0) {
        return sofar.substring(0, end - longest);
      }
    }
    return text;
  }

  private static String through(List<String> stops, String text) {
    StopStringFilter filter = new StopStringFilter(stops);
    return filter.append(text) + filter.flush();
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().withChars('a', 'b', 'c').ofMaxLength(30);
  }

  @Provide
  Arbitrary<List<String>> stops() {
    return Arbitraries.strings()
        .withChars('a', 'b', 'c')
        .ofMinLength(1)
        .ofMaxLength(6)
        .list()
        .ofMaxSize(4);
  }

  @Provide
  Arbitrary<List<Integer>> cuts() {
    return Arbitraries.integers().between(0, 5).list().ofMaxSize(20);
  }
}
