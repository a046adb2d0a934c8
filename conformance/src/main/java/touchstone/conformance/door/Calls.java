package touchstone.conformance.door;

import java.util.Set;

/** What may be asked of a runtime; the names are those of the protocol and of the vectors. */
final class Calls {
  /** Every call of suite 1. */
  static final Set<String> NAMES =
      Set.of(
          "tokenize",
          "detokenize",
          "stream",
          "chat",
          "inspect",
          "gptq.unpack",
          "gptq.dequantise",
          "gptq.product",
          "gptq.quantise",
          "op.rmsNorm",
          "op.rope",
          "op.softmax",
          "op.attention",
          "op.swiGlu",
          "op.linear",
          "logits",
          "decode",
          "batch",
          "probes",
          "logprobs",
          "next",
          "generate",
          "sample");

  private Calls() {}
}
