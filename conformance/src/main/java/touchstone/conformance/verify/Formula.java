package touchstone.conformance.verify;

import java.util.List;
import touchstone.llama.ProbePoint;

/**
 * How an intermediate comes about.
 *
 * @param operation its name for people
 * @param equation with the names of docs/spec/llama.md
 * @param rules ids that define it
 */
public record Formula(String operation, String equation, List<String> rules) {
  public Formula {
    rules = List.copyOf(rules);
  }

  /** The formula of an intermediate. */
  public static Formula of(ProbePoint point) {
    return switch (point) {
      case EMBED -> formula("token embedding", "x = E[token]", "MODEL-1");
      case ATTN_NORM ->
          formula("norm before the attention", "h = gain * x / sqrt(mean(x²) + ε)", "RMS-1");
      case Q -> formula("query projection", "q = Wq h + bq", "LINEAR-2");
      case K -> formula("key projection", "k = Wk h + bk", "LINEAR-2");
      case V -> formula("value projection", "v = Wv h + bv", "LINEAR-2");
      case Q_ROPE -> formula("rotation of the queries", rotation("q"), "ROPE-1", "ROPE-2");
      case K_ROPE -> formula("rotation of the keys", rotation("k"), "ROPE-1", "ROPE-2");
      case SCORES ->
          formula("attention scores", "s[p] = q · k[p] / sqrt(headDim), p ≤ position", "ATTN-1");
      case ATTN ->
          formula(
              "attention", "y = Σ softmax(s)[p] v[p], head h uses h / (heads / kvHeads)", "ATTN-4");
      case ATTN_OUT -> formula("output projection", "o = Wo y + bo", "LINEAR-2");
      case FFN_NORM ->
          formula(
              "norm before the feed-forward network",
              "x = x + o, h = gain * x / sqrt(mean(x²) + ε)",
              "LAYER-1",
              "RMS-1");
      case GATE -> formula("gate projection", "g = Wgate h", "LINEAR-2");
      case UP -> formula("up projection", "u = Wup h", "LINEAR-2");
      case ACT -> formula("SwiGLU", "a = g / (1 + exp(-g)) * u", "FFN-2");
      case FFN_OUT -> formula("down projection", "f = Wdown a", "FFN-1");
      case FINAL_NORM ->
          formula("final norm", "x = x + f, h = gain * x / sqrt(mean(x²) + ε)", "MODEL-1", "RMS-1");
      case LOGITS -> formula("output head", "logits = Whead h", "MODEL-1");
    };
  }

  private static Formula formula(String operation, String equation, String... rules) {
    return new Formula(operation, equation, List.of(rules));
  }

  private static String rotation(String name) {
    return "%s[j], %s[j + headDim/2] turned by position * θ^(-2j / headDim)".formatted(name, name);
  }
}
