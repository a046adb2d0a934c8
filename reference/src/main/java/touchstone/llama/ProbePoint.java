package touchstone.llama;

import java.util.Arrays;
import java.util.Optional;

/** The named intermediates of a forward pass, in the order in which they arise. */
public enum ProbePoint {
  /** Embedded tokens [tokens, dim]. */
  EMBED("embed", false),
  /** Input of the attention after its norm [tokens, dim]. */
  ATTN_NORM("attnNorm", true),
  /** Queries before the rotation [tokens, heads * headDim]. */
  Q("q", true),
  /** Keys before the rotation [tokens, kvHeads * headDim]. */
  K("k", true),
  /** Values [tokens, kvHeads * headDim]. */
  V("v", true),
  /** Queries after the rotation [tokens, heads * headDim]. */
  Q_ROPE("qRope", true),
  /** Keys after the rotation [tokens, kvHeads * headDim]. */
  K_ROPE("kRope", true),
  /** Scaled scores before the softmax [heads * tokens, positions]; unseen positions are -infinity. */
  SCORES("scores", true),
  /** Mixed values of all heads, before the output projection [tokens, heads * headDim]. */
  ATTN("attn", true),
  /** Output of the attention, before the residual addition [tokens, dim]. */
  ATTN_OUT("attnOut", true),
  /** Input of the feed-forward network after its norm [tokens, dim]. */
  FFN_NORM("ffnNorm", true),
  /** Gate projection [tokens, hiddenDim]. */
  GATE("gate", true),
  /** Up projection [tokens, hiddenDim]. */
  UP("up", true),
  /** {@code silu(gate) * up} [tokens, hiddenDim]. */
  ACT("act", true),
  /** Output of the feed-forward network, before the residual addition [tokens, dim]. */
  FFN_OUT("ffnOut", true),
  /** Input of the output head; rows as the logits [rows, dim]. */
  FINAL_NORM("finalNorm", false),
  /** Logits of the rows asked for [rows, vocab]. */
  LOGITS("logits", false);

  private final String label;
  private final boolean perLayer;

  ProbePoint(String label, boolean perLayer) {
    this.label = label;
    this.perLayer = perLayer;
  }

  /** The name in files and on the command line. */
  public String label() {
    return label;
  }

  /** Whether every layer has one. */
  public boolean perLayer() {
    return perLayer;
  }

  /** The point with a given label. */
  public static Optional<ProbePoint> of(String label) {
    return Arrays.stream(values()).filter(point -> point.label.equals(label)).findFirst();
  }
}
