package touchstone.conformance.own;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.Value;
import touchstone.evaluate.LogSoftmax;
import touchstone.generate.CachedDecoder;
import touchstone.generate.Detokenizer;
import touchstone.generate.GenerationListener;
import touchstone.generate.GenerationResult;
import touchstone.generate.Generator;
import touchstone.generate.Sampler;
import touchstone.generate.SamplingParameters;
import touchstone.generate.StopConditions;
import touchstone.llama.Llama;
import touchstone.llama.Probe;
import touchstone.tensor.Activations;

/** Answers calls for the probabilities of tokens and for the most likely continuation. */
final class LikelihoodCalls {
  /** What it answers. */
  static final Set<String> CALLS = Set.of("logprobs", "next", "generate");

  /** For a generation of which only the ids are wanted. */
  private static final Detokenizer WITHOUT_TEXT =
      new Detokenizer() {
        @Override
        public String append(int id) {
          return "";
        }

        @Override
        public String flush() {
          return "";
        }
      };

  private final Models models;
  private final Passes passes;

  LikelihoodCalls(Models models, Passes passes) {
    this.models = models;
    this.passes = passes;
  }

  /** The outputs of one of {@link #CALLS}. */
  Map<String, Value> answer(String call, Arguments arguments) {
    Llama model = models.get(arguments.get("model"));
    int[] tokens = arguments.ids("tokens");
    return switch (call) {
      case "logprobs" -> Map.of("token", logprobs(model, tokens));
      case "next" -> Map.of("next", next(model, tokens, arguments.integer("top")));
      case "generate" -> generate(model, tokens, arguments.integer("count"), arguments.ids("stop"));
      default -> throw new IllegalArgumentException("no call for likelihoods is named " + call);
    };
  }

  private Value logprobs(Llama model, int[] tokens) {
    Activations logits = passes.fresh(model, tokens, Probe.NONE); // [tokens, vocab]
    double[] chosen = new double[tokens.length - 1]; // [tokens - 1]
    for (int row = 0; row < chosen.length; row++) {
      chosen[row] = logprob(logits, row, tokens[row + 1]);
    }
    return Outputs.doubles(chosen, chosen.length);
  }

  private static double logprob(Activations logits, int row, int id) {
    return logits.values()[logits.start(row) + id]
        - LogSoftmax.logSumExp(logits, row, "row " + row);
  }

  private Value next(Llama model, int[] tokens, int top) {
    Activations logits = passes.fresh(model, tokens, Probe.NONE).rows(tokens.length - 1, 1);
    float[] scores = logits.toArray(); // [vocab]
    int[] best =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble(id -> -scores[id]))
            .limit(top)
            .mapToInt(Integer::intValue)
            .toArray();
    return Outputs.sparse(
        best, IntStream.of(best).mapToDouble(id -> logprob(logits, 0, id)).toArray());
  }

  private static Map<String, Value> generate(Llama model, int[] tokens, int count, int[] stop) {
    Set<Integer> ends = IntStream.of(stop).boxed().collect(Collectors.toUnmodifiableSet());
    int context = Math.min(tokens.length + count, model.config().contextLength());
    GenerationResult result =
        new Generator(
                new CachedDecoder(model, context),
                new Sampler(SamplingParameters.greedy(), 0),
                WITHOUT_TEXT,
                new StopConditions(count, ends, List.of()),
                GenerationListener.SILENT)
            .generate(tokens);
    int[] ids = result.tokens().stream().mapToInt(Integer::intValue).toArray();
    return Map.of("ids", Outputs.ids(ids), "finish", Outputs.text(finish(result)));
  }

  private static String finish(GenerationResult result) {
    return switch (result.reason()) {
      case EOS, STOP_STRING -> "stop";
      case LENGTH, CONTEXT -> "length";
      case CANCELLED -> throw new IllegalStateException("nobody cancels");
    };
  }
}
