package touchstone.conformance.own;

import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.Value;
import touchstone.evaluate.LogSoftmax;
import touchstone.llama.Llama;
import touchstone.llama.Probe;
import touchstone.tensor.Activations;

/** Answers calls for the probabilities of tokens and for the most likely continuation. */
final class LikelihoodCalls {
  /** What it answers. */
  static final Set<String> CALLS = Set.of("logprobs", "next", "generate");

  private final Models models;
  private final Passes passes;
  private final Continuation continuation;

  LikelihoodCalls(Models models, Passes passes, Continuation continuation) {
    this.models = models;
    this.passes = passes;
    this.continuation = continuation;
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

  private Map<String, Value> generate(Llama model, int[] tokens, int count, int[] stop) {
    Continuation.Ended ended = continuation.of(model, tokens, count, stop);
    int[] ids = ended.ids().stream().mapToInt(Integer::intValue).toArray();
    return Map.of(
        "ids", Outputs.ids(ids), "finish", Outputs.text(ended.stopped() ? "stop" : "length"));
  }
}
