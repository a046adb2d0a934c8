package touchstone.conformance.door;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What may be asked of a runtime; the names are those of the protocol and of the vectors. */
final class Calls {
  /** Calls that return one thing, and its name. */
  private static final Map<String, String> ONE_OUTPUT =
      Map.ofEntries(
          Map.entry("tokenize", "ids"),
          Map.entry("detokenize", "text"),
          Map.entry("stream", "chunks"),
          Map.entry("chat", "text"),
          Map.entry("inspect", "config"),
          Map.entry("gptq.unpack", "codes"),
          Map.entry("gptq.dequantise", "weight"),
          Map.entry("gptq.product", "y"),
          Map.entry("op.rmsNorm", "y"),
          Map.entry("op.rope", "y"),
          Map.entry("op.softmax", "y"),
          Map.entry("op.attention", "y"),
          Map.entry("op.swiGlu", "y"),
          Map.entry("op.linear", "y"),
          Map.entry("logits", "logits"),
          Map.entry("decode", "logits"),
          Map.entry("logprobs", "token"),
          Map.entry("next", "next"),
          Map.entry("sample", "probabilities"));

  private static final Set<String> SEVERAL_OUTPUTS =
      Set.of("gptq.quantise", "batch", "probes", "generate");

  private Calls() {}

  /** Every call of suite 1. */
  static Set<String> names() {
    Set<String> names = new TreeSet<>(ONE_OUTPUT.keySet());
    names.addAll(SEVERAL_OUTPUTS);
    return names;
  }

  /** The name of what a call returns, if that is one thing. */
  static Optional<String> oneOutput(String call) {
    return Optional.ofNullable(ONE_OUTPUT.get(call));
  }
}
