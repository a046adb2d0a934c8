package touchstone.conformance.own;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.ValueJson;
import touchstone.llama.Llama;
import touchstone.llama.Probe;
import touchstone.llama.ProbePoint;
import touchstone.tensor.Activations;

/** Answers calls for logits and for what arises on the way to them. */
final class ForwardCalls {
  /** What it answers. */
  static final Set<String> CALLS = Set.of("logits", "decode", "batch", "probes");

  private final Models models;
  private final Passes passes;

  ForwardCalls(Models models, Passes passes) {
    this.models = models;
    this.passes = passes;
  }

  /** The outputs of one of {@link #CALLS}. */
  Map<String, Value> answer(String call, Arguments arguments) {
    Llama model = models.get(arguments.get("model"));
    return switch (call) {
      case "logits" -> logits(passes.fresh(model, arguments.ids("tokens"), Probe.NONE));
      case "decode" -> logits(decode(model, arguments.ids("tokens"), arguments.integer("prefill")));
      case "batch" -> batch(model, arguments.get("sequences"));
      case "probes" -> probes(model, arguments.ids("tokens"));
      default -> throw new IllegalArgumentException("no call for logits is named " + call);
    };
  }

  private static Map<String, Value> logits(Activations logits) {
    return Map.of("logits", Outputs.rows(logits));
  }

  private Activations decode(Llama model, int[] tokens, int prefill) {
    if (prefill < 1 || prefill > tokens.length) {
      throw new IndexOutOfBoundsException("prefill %d of %d".formatted(prefill, tokens.length));
    }
    return passes.cached(model, tokens, prefill);
  }

  private Map<String, Value> batch(Llama model, JsonNode sequences) {
    List<int[]> tokens =
        StreamSupport.stream(sequences.spliterator(), false).map(ValueJson::ids).toList();
    Activations logits = passes.together(model, tokens); // [sequences, vocab]
    Map<String, Value> outputs = new LinkedHashMap<>();
    for (int row = 0; row < logits.rows(); row++) {
      float[] values = logits.rows(row, 1).toArray(); // [vocab]
      outputs.put(String.valueOf(row), Outputs.floats(values, values.length));
    }
    return outputs;
  }

  private Map<String, Value> probes(Llama model, int[] tokens) {
    Map<String, Value> seen = new LinkedHashMap<>();
    passes.fresh(
        model,
        tokens,
        (point, layer, values) -> seen.put(name(point, layer), intermediate(point, values)));
    return seen;
  }

  /** Rows, but scores as [heads, tokens, positions]; a fresh pass has as many positions as tokens. */
  private static Value intermediate(ProbePoint point, Activations values) {
    int positions = values.columns();
    return point == ProbePoint.SCORES
        ? Outputs.floats(values.toArray(), values.rows() / positions, positions, positions)
        : Outputs.rows(values);
  }

  private static String name(ProbePoint point, int layer) {
    return layer == Probe.NO_LAYER ? point.label() : layer + "." + point.label();
  }
}
