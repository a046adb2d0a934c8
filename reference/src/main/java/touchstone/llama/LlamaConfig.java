package touchstone.llama;

import java.util.List;
import java.util.Objects;

/**
 * The dimensions and constants of a Llama.
 *
 * @param vocab number of token ids
 * @param dim width of the residual stream (hidden_size)
 * @param hiddenDim width inside the feed-forward network (intermediate_size)
 * @param layers number of decoder layers
 * @param heads number of query heads
 * @param kvHeads number of key and value heads; {@code heads / kvHeads} query heads share one
 * @param headDim width of a head; {@code heads * headDim} need not be dim
 * @param maxPositions trained context length
 * @param epsilon added to the mean square of a norm, inside the root
 * @param ropeTheta base of the rotary frequencies
 * @param ropeScaling how they are stretched
 * @param tiedEmbeddings whether the output head is the embedding matrix
 * @param attentionBias whether q, k, v and o projections have a bias
 * @param mlpBias whether gate, up and down projections have a bias
 * @param bosId token that begins a text
 * @param eosIds tokens that end a generation
 */
public record LlamaConfig(
    int vocab,
    int dim,
    int hiddenDim,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    int maxPositions,
    float epsilon,
    double ropeTheta,
    RopeScaling ropeScaling,
    boolean tiedEmbeddings,
    boolean attentionBias,
    boolean mlpBias,
    int bosId,
    List<Integer> eosIds) {

  public LlamaConfig {
    require("vocab", vocab, 1 << 20);
    require("dim", dim, 1 << 16);
    require("hiddenDim", hiddenDim, 1 << 18);
    require("layers", layers, 512);
    require("heads", heads, 1024);
    require("kvHeads", kvHeads, heads);
    require("headDim", headDim, 1 << 12);
    require("maxPositions", maxPositions, 1 << 20);
    if (heads % kvHeads != 0) {
      throw new IllegalArgumentException(
          "heads must be a multiple of kvHeads, got %d and %d".formatted(heads, kvHeads));
    }
    if (headDim % 2 != 0) {
      throw new IllegalArgumentException("headDim must be even, got " + headDim);
    }
    if (!(epsilon >= 0) || Float.isInfinite(epsilon)) {
      throw new IllegalArgumentException("epsilon must be finite and >= 0, got " + epsilon);
    }
    if (!(ropeTheta > 0) || Double.isInfinite(ropeTheta)) {
      throw new IllegalArgumentException("ropeTheta must be finite and > 0, got " + ropeTheta);
    }
    Objects.requireNonNull(ropeScaling, "ropeScaling");
    eosIds = List.copyOf(eosIds);
  }

  private static void require(String name, int value, int limit) {
    if (value < 1 || value > limit) {
      throw new IllegalArgumentException(
          "%s must be between 1 and %d, got %d".formatted(name, limit, value));
    }
  }

  /** The longest sequence: the trained length, stretched by the rope scaling. */
  public int contextLength() {
    return switch (ropeScaling) {
      case RopeScaling.None() -> maxPositions;
      case RopeScaling.Linear(double factor) -> (int) (maxPositions * factor);
      case RopeScaling.Dynamic(double factor, _) -> (int) (maxPositions * factor);
    };
  }

  /** Width of all query heads together. */
  public int queryDim() {
    return heads * headDim;
  }

  /** Width of all key heads together, and of all value heads. */
  public int kvDim() {
    return kvHeads * headDim;
  }
}
