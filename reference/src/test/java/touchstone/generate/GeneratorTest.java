package touchstone.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

class GeneratorTest {
  private static final int EOS = 2;
  private static final int[] PROMPT = {1, 7};
  private static final Sampler GREEDY = new Sampler(SamplingParameters.greedy(), 0);

  private final List<String> events = new ArrayList<>();

  @Test
  @Tag("STOP-1")
  void theTextEndsBeforeTheEndToken() {
    GenerationResult result = run(script("Hel", "lo", EOS), stops(10), recorder());
    assertThat(result.reason()).isEqualTo(FinishReason.EOS);
    assertThat(result.text()).isEqualTo("Hello");
    assertThat(result.tokens()).hasSize(3).endsWith(EOS);
    assertThat(events).containsExactly("prompt 2/2", "token", "Hel", "token", "lo", "token");
  }

  @Test
  @Tag("STOP-1")
  void anEndTokenAtTheLastAllowedPlaceCountsAsTheEnd() {
    assertThat(run(script("a", "b", EOS), stops(3), recorder()).reason())
        .isEqualTo(FinishReason.EOS);
    GenerationResult cut = run(script("a", "b", EOS), stops(2), recorder());
    assertThat(cut.reason()).isEqualTo(FinishReason.LENGTH);
    assertThat(cut.tokens()).hasSize(2);
  }

  @Test
  void anEndTokenThatIsNotAskedForIsAToken() {
    StopConditions none = new StopConditions(2, Set.of(), List.of());
    assertThat(run(script(EOS, "b"), none, recorder()).text()).isEqualTo("<2>b");
  }

  @Test
  @Tag("STOP-1")
  void aFullContextEndsTheText() {
    ScriptedDecoder decoder = script("a", "b", "c", "d");
    decoder.context = 5;
    GenerationResult result = run(decoder, stops(10), recorder());
    assertThat(result.reason()).isEqualTo(FinishReason.CONTEXT);
    assertThat(result.text()).isEqualTo("abc");
    assertThat(decoder.position()).isEqualTo(4);
  }

  @Test
  @Tag("STOP-2")
  void aStopStringThatSpansTokensIsNeverShown() {
    GenerationResult result =
        run(script("Bye", " US", "ER", ": x", "y"), stops(10, " USER:"), recorder());
    assertThat(result.reason()).isEqualTo(FinishReason.STOP_STRING);
    assertThat(result.text()).isEqualTo("Bye");
    assertThat(result.tokens()).hasSize(4);
    assertThat(events).containsExactly("prompt 2/2", "token", "Bye", "token", "token", "token");
  }

  @Test
  void aStopStringOnTheLastAllowedTokenIsTheReason() {
    assertThat(run(script("a", "."), stops(2, "."), recorder()).reason())
        .isEqualTo(FinishReason.STOP_STRING);
  }

  @Test
  @Tag("STOP-3")
  void heldBackTextIsReleasedAtEveryEnd() {
    assertThat(run(script("a", " US", EOS), stops(10, " USER:"), recorder()).text())
        .isEqualTo("a US");
    assertThat(run(script("a", " US", "b"), stops(2, " USER:"), recorder()).text())
        .isEqualTo("a US");
    ScriptedDecoder narrow = script("a", " US", "b");
    narrow.context = 4;
    assertThat(run(narrow, stops(9, " USER:"), recorder()).text()).isEqualTo("a US");
  }

  /** The detokenizer of this test keeps a trailing "~" back, as a real one does half a character. */
  @Test
  @Tag("STOP-3")
  void aStopStringMayAppearInTheLastHeldBackText() {
    GenerationResult result = run(script("a~", EOS), stops(10, "~"), recorder());
    assertThat(result.text()).isEqualTo("a");
    assertThat(result.reason()).isEqualTo(FinishReason.STOP_STRING);
    assertThat(run(script("a~", EOS), stops(10), recorder()).text()).isEqualTo("a~");
  }

  @Test
  void theFirstTokenIsPenalisedLikeEveryOther() {
    ScriptedDecoder decoder = new ScriptedDecoder(List.of());
    decoder.fixed = new float[] {0, 0, 0, 0, 0, 0, 0, 3, 2, 1.6f};
    Sampler sampler = new Sampler(SamplingParameters.greedy().withRepetitionPenalty(2), 0);
    // 7 stands in the prompt; 8 and 9 follow, halved once each, and then 7 is best again.
    assertThat(run(decoder, sampler, stops(4), recorder(), PROMPT).tokens())
        .containsExactly(8, 9, 7, 7);
  }

  @Test
  void thePenaltyReachesBackToTheFirstTokenOfALongPrompt() {
    int[] prompt = new int[200];
    prompt[0] = 7;
    ScriptedDecoder decoder = new ScriptedDecoder(List.of());
    decoder.fixed = new float[] {0, 0, 0, 0, 0, 0, 0, 3, 2, 0};
    Sampler sampler = new Sampler(SamplingParameters.greedy().withRepetitionPenalty(2), 0);
    assertThat(run(decoder, sampler, stops(1), recorder(), prompt).tokens()).containsExactly(8);
  }

  @Test
  void theStepCountsGeneratedTokensFromZero() {
    ScriptedDecoder decoder = new ScriptedDecoder(List.of());
    decoder.fixed = new float[1000];
    SamplingParameters all = SamplingParameters.sampled(31).withTopK(0);
    List<Integer> expected =
        IntStream.range(0, 4).mapToObj(step -> (int) (1000 * Philox.uniform(31, 6, step))).toList();
    assertThat(run(decoder, new Sampler(all, 6), stops(4), recorder(), PROMPT).tokens())
        .isEqualTo(expected);
  }

  @Test
  void aLongPromptIsTakenInChunksThatTheListenerCanStop() {
    int[] prompt = new int[300];
    ScriptedDecoder decoder = script("a", EOS);
    run(decoder, GREEDY, stops(5), recorder(), prompt);
    assertThat(events).startsWith("prompt 128/300", "prompt 256/300", "prompt 300/300", "token");
    assertThat(decoder.fed.subList(0, 3)).containsExactly(128, 128, 44);

    ScriptedDecoder stopped = script("a", EOS);
    GenerationResult result = run(stopped, GREEDY, stops(5), stoppingAt("prompt 256/300"), prompt);
    assertThat(result.reason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(result.tokens()).isEmpty();
    assertThat(stopped.position()).isEqualTo(256);
  }

  @Test
  @Tag("STOP-1")
  void nothingHappensAfterTheListenerSaysNo() {
    ScriptedDecoder decoder = script("a", "b", "c");
    GenerationResult result = run(decoder, stops(10), stoppingAt("b"));
    assertThat(result.reason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(result.text()).isEqualTo("ab");
    assertThat(decoder.position()).isEqualTo(3);
    assertThat(events).endsWith("token", "b");

    result = run(script("a", " US", "c"), stops(10, " USER:"), stoppingAt("token"));
    assertThat(result.reason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(result.tokens()).hasSize(1);
    assertThat(result.text()).isEmpty();
  }

  @Test
  void tokensThatTheDecoderHoldsAreNotFedAgainButCountForThePenalty() {
    ScriptedDecoder decoder = new ScriptedDecoder(List.of());
    decoder.fixed = new float[] {0, 0, 0, 0, 0, 0, 0, 3, 2, 0};
    decoder.next(new int[] {7, 1});
    Sampler sampler = new Sampler(SamplingParameters.greedy().withRepetitionPenalty(2), 0);
    GenerationResult result = run(decoder, sampler, stops(1), recorder(), new int[] {7, 1, 5});
    assertThat(decoder.fed).containsExactly(2, 1);
    assertThat(result.tokens()).containsExactly(8);
    assertThat(result.statistics().reusedTokens()).isEqualTo(2);
  }

  @Test
  void speedsCountPromptTokensTakenAndTokensThatNeededAPass() {
    AtomicLong clock = new AtomicLong();
    ScriptedDecoder decoder = script("a", "b", "c", EOS);
    decoder.clock = clock;
    GenerationStatistics statistics =
        new Generator(decoder, GREEDY, new Pieces(decoder), stops(9), recorder(), clock::get)
            .generate(PROMPT)
            .statistics();
    assertThat(statistics)
        .isEqualTo(new GenerationStatistics(2, 0, 4, 1_000_000_000L, 3_000_000_000L));
    assertThat(statistics.promptTokensPerSecond()).hasValue(2);
    assertThat(statistics.generatedTokensPerSecond()).hasValue(1);
    assertThat(new GenerationStatistics(2, 0, 1, 0, 5).promptTokensPerSecond()).isEmpty();
    assertThat(new GenerationStatistics(2, 0, 1, 0, 5).generatedTokensPerSecond()).isEmpty();
  }

  @Test
  void promptsThatCannotBeContinuedAreRefused() {
    assertRefused(new int[0], Fault.USAGE, "prompt: no tokens (");
    assertRefused(new int[] {1, -1}, Fault.USAGE, "prompt: token 1: id -1 (ids run from 0 to 9;");
    assertRefused(new int[] {10}, Fault.USAGE, "prompt: token 0: id 10 (");
    assertRefused(
        new int[1000],
        Fault.LIMIT,
        "prompt: 1000 tokens (at most 999, so that one can follow in a context of 1000;");
  }

  private void assertRefused(int[] prompt, Fault fault, String message) {
    ScriptedDecoder decoder = script();
    assertThatThrownBy(() -> run(decoder, GREEDY, stops(1), recorder(), prompt))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(fault))
        .hasMessageStartingWith(message);
    assertThat(decoder.fed).isEmpty();
  }

  private GenerationResult run(
      ScriptedDecoder decoder, StopConditions stops, GenerationListener listener) {
    return run(decoder, GREEDY, stops, listener, PROMPT);
  }

  private GenerationResult run(
      ScriptedDecoder decoder,
      Sampler sampler,
      StopConditions stops,
      GenerationListener listener,
      int[] prompt) {
    events.clear();
    GenerationResult result =
        new Generator(decoder, sampler, new Pieces(decoder), stops, listener).generate(prompt);
    StringBuilder heard = new StringBuilder();
    for (String event : events) {
      if (!event.startsWith("prompt") && !event.equals("token")) {
        heard.append(event);
      }
    }
    assertThat(result.text()).isEqualTo(heard.toString());
    return result;
  }

  private static StopConditions stops(int maxNewTokens, String... strings) {
    return new StopConditions(maxNewTokens, Set.of(EOS), List.of(strings));
  }

  private GenerationListener recorder() {
    return stoppingAt("(never)");
  }

  private GenerationListener stoppingAt(String last) {
    return new GenerationListener() {
      @Override
      public boolean onPrompt(int taken, int total) {
        return hear("prompt " + taken + "/" + total);
      }

      @Override
      public boolean onToken(int id) {
        return hear("token");
      }

      @Override
      public boolean onText(String chunk) {
        return hear(chunk);
      }

      private boolean hear(String event) {
        events.add(event);
        return !event.equals(last);
      }
    };
  }

  /** A decoder that wants the given tokens, one after another: a piece of text, or an id. */
  private static ScriptedDecoder script(Object... tokens) {
    return new ScriptedDecoder(List.of(tokens));
  }

  private static final class ScriptedDecoder implements Decoder {
    private static final int FIRST_PIECE = 3;

    private final List<Object> tokens;
    private final List<Integer> fed = new ArrayList<>();
    private float[] fixed = {};
    private int context = 1000;
    private int position;
    private int generated = -1;
    private AtomicLong clock = new AtomicLong();

    ScriptedDecoder(List<Object> tokens) {
      this.tokens = tokens;
    }

    @Override
    public int vocab() {
      return Math.max(10, fixed.length);
    }

    @Override
    public int contextLength() {
      return context;
    }

    @Override
    public int position() {
      return position;
    }

    @Override
    public float[] next(int[] ids) {
      fed.add(ids.length);
      position += ids.length;
      clock.addAndGet(1_000_000_000L);
      if (fixed.length > 0) {
        return fixed;
      }
      generated = ids.length == 1 && generated >= 0 ? generated + 1 : 0;
      float[] logits = new float[10];
      Object token = tokens.get(generated);
      logits[token instanceof Integer id ? id : FIRST_PIECE + generated] = 1;
      return logits;
    }
  }

  /** Gives the script's pieces; a "~" at the end of a piece waits for the next. */
  private static final class Pieces implements Detokenizer {
    private final ScriptedDecoder decoder;
    private String held = "";

    Pieces(ScriptedDecoder decoder) {
      this.decoder = decoder;
    }

    @Override
    public String append(int id) {
      int piece = id - ScriptedDecoder.FIRST_PIECE;
      boolean scripted = piece >= 0 && piece < decoder.tokens.size();
      String text = held + (scripted ? decoder.tokens.get(piece) : "<" + id + ">");
      held = text.endsWith("~") ? "~" : "";
      return text.substring(0, text.length() - held.length());
    }

    @Override
    public String flush() {
      String rest = held;
      held = "";
      return rest;
    }
  }
}
