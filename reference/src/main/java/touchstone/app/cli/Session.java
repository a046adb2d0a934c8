package touchstone.app.cli;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import touchstone.checkpoint.GenerationDefaults;
import touchstone.generate.CachedDecoder;
import touchstone.generate.Detokenizer;
import touchstone.generate.GenerationListener;
import touchstone.generate.GenerationResult;
import touchstone.generate.Generator;
import touchstone.generate.Sampler;
import touchstone.generate.SamplingParameters;
import touchstone.generate.StopConditions;
import touchstone.llama.KeyValueCache;
import touchstone.tokenizer.LeadingSpace;
import touchstone.tokenizer.StreamingDetokenizer;

/** Generates texts with one model; what consecutive prompts share is computed once. */
final class Session {
  private final LoadedModel model;
  private final Optional<Integer> context;
  private final boolean answers;
  private final GenerationDefaults defaults;
  private SamplingOptions options;
  private SamplingParameters parameters;
  private StopConditions stops;
  private Optional<CachedDecoder> sequence = Optional.empty();
  private long generations;

  /**
   * Prepares generations with one set of options.
   *
   * @param context positions to reserve; empty for just what the first generation can use
   * @param answers whether texts are answers of a conversation, whose first space is not shown
   */
  Session(LoadedModel model, SamplingOptions options, Optional<Integer> context, boolean answers) {
    this.model = model;
    this.context = context;
    this.answers = answers;
    this.defaults = model.checkpoint().generationDefaults();
    take(options);
  }

  /** Takes options over as a whole, or throws and leaves them as they were. */
  private void take(SamplingOptions changed) {
    SamplingParameters newParameters = changed.parameters(defaults);
    stops = changed.stops(defaults, eosIds());
    parameters = newParameters;
    options = changed;
  }

  /** How tokens are chosen. */
  SamplingParameters parameters() {
    return parameters;
  }

  /** Changes one parameter for the generations to come. */
  void set(String name, String value) {
    take(options.with(name, value));
  }

  /** The parameters on one line, with the names under which they can be set. */
  String describeParameters() {
    return "do_sample %s, temperature %s, top_k %d, top_p %s, min_p %s, repetition_penalty %s, seed %d, max_new_tokens %d"
        .formatted(
            parameters.doSample(),
            parameters.temperature(),
            parameters.topK(),
            parameters.topP(),
            parameters.minP(),
            parameters.repetitionPenalty(),
            parameters.seed(),
            stops.maxNewTokens());
  }

  /** Continues a prompt. */
  GenerationResult generate(String prompt, GenerationListener listener) {
    int[] ids = model.tokenizer().encode(prompt);
    CachedDecoder line = sequence(ids.length, stops.maxNewTokens());
    line.keepStartOf(ids);
    listener.onPrompt(line.position(), ids.length);
    Sampler sampler = new Sampler(parameters, generations++);
    return new Generator(line, sampler, detokenizer(), stops, listener).generate(ids);
  }

  private CachedDecoder sequence(int promptTokens, int newTokens) {
    if (sequence.isEmpty()) {
      int useful = (int) Math.min(Integer.MAX_VALUE, (long) promptTokens + newTokens);
      int positions = Math.min(context.orElse(useful), model.llama().config().contextLength());
      sequence = Optional.of(new CachedDecoder(model.llama(), positions, this::unchanged));
    }
    return sequence.get();
  }

  /** No logits come from weights that were written to after they were opened. */
  private float[] unchanged(int[] tokens, KeyValueCache cache) {
    return model.computeUnchanged(() -> model.llama().next(tokens, cache));
  }

  /** What ends an answer: the ids of both configuration files, else the tokenizer's. */
  private Set<Integer> eosIds() {
    Set<Integer> ids = new LinkedHashSet<>(model.checkpoint().generationDefaults().eosIds());
    ids.addAll(model.llama().config().eosIds());
    if (ids.isEmpty()) {
      ids.add(model.tokenizer().eosId());
    }
    return ids;
  }

  private Detokenizer detokenizer() {
    StreamingDetokenizer stream =
        model.tokenizer().stream(answers ? LeadingSpace.STRIPPED : LeadingSpace.KEPT);
    return new Detokenizer() {
      @Override
      public String append(int id) {
        return stream.append(id);
      }

      @Override
      public String flush() {
        return stream.flush();
      }
    };
  }
}
