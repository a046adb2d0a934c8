package touchstone.conformance.own;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import touchstone.generate.CachedDecoder;
import touchstone.generate.Detokenizer;
import touchstone.generate.FinishReason;
import touchstone.generate.GenerationListener;
import touchstone.generate.GenerationResult;
import touchstone.generate.Generator;
import touchstone.generate.Sampler;
import touchstone.generate.SamplingParameters;
import touchstone.generate.StopConditions;
import touchstone.llama.Llama;

/** How a model continues a prompt with its likeliest tokens, and when it ends. */
@FunctionalInterface
public interface Continuation {
  /**
   * A continuation.
   *
   * @param ids the one that ended it among them
   * @param stopped whether one did, and not the number of tokens or the context
   */
  record Ended(List<Integer> ids, boolean stopped) {
    public Ended {
      ids = List.copyOf(ids);
    }
  }

  /** As the reference does it. */
  Continuation REFERENCE = Continuation::generated;

  /**
   * Continues a prompt.
   *
   * @param count the most tokens that are generated; at least 1
   * @param stop tokens that end it; in any order
   */
  Ended of(Llama model, int[] prompt, int count, int[] stop);

  private static Ended generated(Llama model, int[] prompt, int count, int[] stop) {
    Set<Integer> ends = IntStream.of(stop).boxed().collect(Collectors.toUnmodifiableSet());
    int context = Math.min(prompt.length + count, model.config().contextLength());
    GenerationResult result =
        new Generator(
                new CachedDecoder(model, context),
                new Sampler(SamplingParameters.greedy(), 0),
                new WithoutText(),
                new StopConditions(count, ends, List.of()),
                GenerationListener.SILENT)
            .generate(prompt);
    return new Ended(result.tokens(), result.reason() == FinishReason.EOS);
  }

  /** For a generation of which only the ids are wanted. */
  final class WithoutText implements Detokenizer {
    private WithoutText() {}

    @Override
    public String append(int id) {
      return "";
    }

    @Override
    public String flush() {
      return "";
    }
  }
}
