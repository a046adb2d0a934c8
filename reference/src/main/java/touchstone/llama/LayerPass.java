package touchstone.llama;

import touchstone.kernels.Kernels;
import touchstone.tensor.Activations;
import touchstone.tensor.RopeTable;

/**
 * One decoder layer on whole sequences, in the two steps that the residual stream takes, and what the
 * layer's linear modules see on the way: what calibration needs. The bits are those of {@link
 * Llama#forward}.
 *
 * <pre>
 * x = x + attention(rmsNorm(x))        q, k and v see {@code ATTN_NORM}, o sees {@code ATTN}
 * x = x + feedForward(rmsNorm(x))      gate and up see {@code FFN_NORM}, down sees {@code ACT}
 * </pre>
 *
 * @shapes x [tokens, dim], from position 0
 * @numerics as {@link Llama}
 */
public final class LayerPass {
  private static final Seen UNSEEN = new Seen(Probe.NONE, Probe.NO_LAYER);

  private final Kernels kernels;
  private final Workspace space;
  private final Batch batch;
  private final RopeTable rope;
  private DecoderLayer layer;

  /**
   * Prepares for sequences of one length; {@link #use} says which layer.
   *
   * @param tokens length of every sequence; within the context
   */
  public LayerPass(LlamaConfig config, Kernels kernels, int tokens) {
    this.kernels = kernels;
    this.space = Workspace.of(config, tokens);
    this.batch = Batch.of(new KeyValueCache(config, 1, tokens), tokens);
    this.rope = new RotaryEmbedding(config).table(batch);
  }

  /** Takes a layer's weights into use, in the place of those before. */
  public void use(Checkpoint checkpoint, int number) {
    layer = DecoderLayer.load(checkpoint, kernels, number);
  }

  /**
   * What linear modules of the layer see.
   *
   * @param point {@code ATTN_NORM} or {@code ATTN}, for x before the attention; {@code FFN_NORM} or
   *     {@code ACT}, for x before the feed-forward network
   * @param x the residual stream; not changed
   * @return valid until the next call
   */
  public Activations inputs(ProbePoint point, Activations x) {
    Workspace around = space.with(x);
    switch (point) {
      case ATTN_NORM, ATTN -> layer.normForAttention(kernels, around, UNSEEN);
      case FFN_NORM, ACT -> layer.normForFeedForward(kernels, around, UNSEEN);
      default -> throw new IllegalArgumentException("no linear module of a layer sees " + point);
    }
    if (point == ProbePoint.ATTN) {
      layer.attention().mix(kernels, around, batch, rope, 0, UNSEEN);
      return space.attention();
    }
    if (point == ProbePoint.ACT) {
      layer.feedForward().act(kernels, around, UNSEEN);
      return space.act();
    }
    return space.normed();
  }

  /** The first step, in place. */
  public void attend(Activations x) {
    layer.attend(kernels, space.with(x), batch, rope, 0, UNSEEN);
  }

  /** The second step, in place. */
  public void feedForward(Activations x) {
    layer.feed(kernels, space.with(x), UNSEEN);
  }
}
