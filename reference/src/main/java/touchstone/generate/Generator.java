package touchstone.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * Generates one text, a token at a time: logits, sampler, detokenizer, stop strings, listener. An
 * instance serves one call.
 *
 * <pre>
 * logits = decoder.next(prompt)
 * repeat  id = sampler.next(logits, prompt + generated, step);  text = stops(detokenizer(id))
 * until   end token, stop string, max_new_tokens, or prompt + generated = context
 * else    logits = decoder.next(id)
 * </pre>
 *
 * The first token is chosen like every other.
 *
 * @source transformers 5.18 generation/utils.py, _sample
 * @deviation the text ends when the context is full, where transformers only warns
 * @rules STOP-1 STOP-3
 */
public final class Generator {
  /**
   * Most prompt tokens between two questions to the listener. Large enough that reading the weights
   * once per chunk does not matter, small enough that a long prompt can be cancelled.
   */
  public static final int PROMPT_CHUNK = 128;

  private final Decoder decoder;
  private final Sampler sampler;
  private final Detokenizer detokenizer;
  private final StopConditions stops;
  private final GenerationListener listener;
  private final LongSupplier nanoClock;

  private final StopStringFilter filter;
  private final BitSet seen = new BitSet();
  private final List<Integer> generated = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();

  public Generator(
      Decoder decoder,
      Sampler sampler,
      Detokenizer detokenizer,
      StopConditions stops,
      GenerationListener listener) {
    this(decoder, sampler, detokenizer, stops, listener, System::nanoTime);
  }

  Generator(
      Decoder decoder,
      Sampler sampler,
      Detokenizer detokenizer,
      StopConditions stops,
      GenerationListener listener,
      LongSupplier nanoClock) {
    this.decoder = decoder;
    this.sampler = sampler;
    this.detokenizer = detokenizer;
    this.stops = stops;
    this.listener = listener;
    this.nanoClock = nanoClock;
    this.filter = new StopStringFilter(stops.stopStrings());
  }

  /**
   * Continues a prompt.
   *
   * @param prompt all of it; the decoder may hold its first tokens already, but not its last
   * @throws TouchstoneException for an empty prompt, an id outside the vocabulary or a prompt that
   *     fills the context; and what {@link Sampler#next} throws
   */
  public GenerationResult generate(int[] prompt) {
    require(prompt);
    int reused = decoder.position();
    long start = nanoClock.getAsLong();
    Optional<float[]> logits = takePrompt(prompt);
    long prefilled = nanoClock.getAsLong();
    FinishReason reason = logits.map(row -> extend(row, prompt)).orElse(FinishReason.CANCELLED);
    long end = nanoClock.getAsLong();
    return new GenerationResult(
        generated,
        text.toString(),
        reason,
        new GenerationStatistics(
            prompt.length, reused, generated.size(), prefilled - start, end - prefilled));
  }

  private void require(int[] prompt) {
    if (prompt.length == 0) {
      throw TouchstoneException.of(
          Fault.USAGE, "prompt", "no tokens", "begin with the beginning-of-text token");
    }
    for (int place = 0; place < prompt.length; place++) {
      if (prompt[place] < 0 || prompt[place] >= decoder.vocab()) {
        throw TouchstoneException.of(
            Fault.USAGE,
            "prompt: token " + place,
            "id " + prompt[place],
            "ids run from 0 to " + (decoder.vocab() - 1) + "; is this the model's tokenizer?");
      }
    }
    if (prompt.length >= decoder.contextLength()) {
      throw TouchstoneException.of(
          Fault.LIMIT,
          "prompt",
          prompt.length + " tokens",
          "at most %d, so that one can follow in a context of %d; shorten it"
              .formatted(decoder.contextLength() - 1, decoder.contextLength()));
    }
    if (decoder.position() >= prompt.length || !generated.isEmpty()) {
      throw new IllegalStateException(
          "the decoder holds %d tokens and the prompt has %d; %d generated"
              .formatted(decoder.position(), prompt.length, generated.size()));
    }
  }

  /** The logits after the prompt; empty if the listener wanted no more. */
  private Optional<float[]> takePrompt(int[] prompt) {
    for (int id : prompt) {
      seen.set(id);
    }
    float[] logits = {};
    for (int from = decoder.position(); from < prompt.length; ) {
      int to = Math.min(prompt.length, from + PROMPT_CHUNK);
      logits = decoder.next(Arrays.copyOfRange(prompt, from, to));
      if (!listener.onPrompt(to, prompt.length)) {
        return Optional.empty();
      }
      from = to;
    }
    return Optional.of(logits);
  }

  private FinishReason extend(float[] promptLogits, int[] prompt) {
    float[] logits = promptLogits;
    while (true) {
      int id = sampler.next(logits, seen, generated.size());
      Optional<FinishReason> reason = accept(id, prompt.length);
      if (reason.isPresent()) {
        return reason.get();
      }
      logits = decoder.next(new int[] {id});
    }
  }

  /** Adds a token; gives the reason to end after it, if there is one. */
  private Optional<FinishReason> accept(int id, int promptTokens) {
    generated.add(id);
    seen.set(id);
    if (!listener.onToken(id)) {
      return Optional.of(FinishReason.CANCELLED);
    }
    if (stops.eosIds().contains(id)) {
      return Optional.of(finish(FinishReason.EOS));
    }
    boolean wanted = emit(filter.append(detokenizer.append(id)));
    if (filter.stopped()) {
      return Optional.of(FinishReason.STOP_STRING);
    }
    if (!wanted) {
      return Optional.of(FinishReason.CANCELLED);
    }
    if (generated.size() == stops.maxNewTokens()) {
      return Optional.of(finish(FinishReason.LENGTH));
    }
    if (promptTokens + generated.size() == decoder.contextLength()) {
      return Optional.of(finish(FinishReason.CONTEXT));
    }
    return Optional.empty();
  }

  /** Releases what is held back, in which a stop string may still turn up. */
  private FinishReason finish(FinishReason reason) {
    String rest = filter.append(detokenizer.flush());
    emit(rest + filter.flush());
    return filter.stopped() ? FinishReason.STOP_STRING : reason;
  }

  private boolean emit(String chunk) {
    text.append(chunk);
    return chunk.isEmpty() || listener.onText(chunk);
  }
}
