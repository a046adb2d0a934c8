package touchstone.conformance.report;

import java.util.Locale;

/** Where a rule stands in the specification. */
public final class SpecLink {
  private SpecLink() {}

  /** File and anchor of a rule: {@code docs/spec/llama.md#rms-1}. */
  public static String of(String rule) {
    String family = rule.replaceAll("-\\d+$", "");
    return "docs/spec/%s.md#%s".formatted(file(family), rule.toLowerCase(Locale.ROOT));
  }

  private static String file(String family) {
    return switch (family) {
      case "MODEL", "LAYER", "RMS", "ROPE", "ATTN", "FFN", "CACHE" -> "llama";
      case "NUM", "SUM", "EXP", "LINEAR", "SOFTMAX", "INT8" -> "numerics";
      case "GPTQ", "BRANCH" -> "gptq";
      case "QUANT" -> "quantise";
      case "CALIB" -> "calibration";
      case "CKPT" -> "checkpoint";
      case "TOK" -> "tokenizer";
      case "CHAT" -> "chat";
      case "SAMPLE", "STOP" -> "sampling";
      case "SYNTH" -> "synthetic";
      case "PPL" -> "evaluation";
      case "TOL" -> "tolerance";
      default -> "README";
    };
  }
}
