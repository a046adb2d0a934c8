package touchstone.llama;

import java.util.List;
import java.util.Optional;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.tensor.RopeTable;

/**
 * One decoder layer with pre-normalisation.
 *
 * <pre>
 * x = x + attention(rmsNorm(x))
 * x = x + feedForward(rmsNorm(x))
 * </pre>
 *
 * @source Touvron et al. 2023 (arXiv 2302.13971), section 2.2
 * @shapes x [tokens, dim]
 * @numerics the residual stream is fp32
 * @deviation none
 * @rules LAYER-1
 */
record DecoderLayer(
    float[] attentionNorm,
    SelfAttention attention,
    float[] feedForwardNorm,
    FeedForward feedForward,
    float epsilon) {

  /** Takes one layer's weights from a checkpoint into use. */
  static DecoderLayer load(Checkpoint checkpoint, Kernels kernels, int layer) {
    List<Linear> linears =
        LinearModule.ofLayer(checkpoint.config(), layer).stream()
            .map(module -> linear(checkpoint, kernels, module.name()))
            .toList();
    String prefix = LinearModule.layer(layer);
    return new DecoderLayer(
        checkpoint.gain(prefix + "input_layernorm"),
        new SelfAttention(linears.get(0), linears.get(1), linears.get(2), linears.get(3)),
        checkpoint.gain(prefix + "post_attention_layernorm"),
        new FeedForward(linears.get(4), linears.get(5), linears.get(6)),
        checkpoint.config().epsilon());
  }

  private static Linear linear(Checkpoint checkpoint, Kernels kernels, String module) {
    Optional<float[]> bias = checkpoint.bias(module);
    return kernels.linear(checkpoint.matrix(module), bias);
  }

  /** Updates the residual stream {@code space.x()} in place. */
  void forward(
      Kernels kernels, Workspace space, Batch batch, RopeTable rope, int layer, Seen probe) {
    attend(kernels, space, batch, rope, layer, probe);
    feed(kernels, space, probe);
  }

  /** The step of the attention. */
  void attend(
      Kernels kernels, Workspace space, Batch batch, RopeTable rope, int layer, Seen probe) {
    normForAttention(kernels, space, probe);
    attention.forward(kernels, space, batch, rope, layer, probe);
    kernels.add(space.x(), space.delta());
  }

  /** The step of the feed-forward network. */
  void feed(Kernels kernels, Workspace space, Seen probe) {
    normForFeedForward(kernels, space, probe);
    feedForward.forward(kernels, space, probe);
    kernels.add(space.x(), space.delta());
  }

  /** What the attention sees, in {@code space.normed()}. */
  void normForAttention(Kernels kernels, Workspace space, Seen probe) {
    kernels.rmsNorm(space.x(), attentionNorm, epsilon, space.normed());
    probe.see(ProbePoint.ATTN_NORM, space.normed());
  }

  /** What the feed-forward network sees, in {@code space.normed()}. */
  void normForFeedForward(Kernels kernels, Workspace space, Seen probe) {
    kernels.rmsNorm(space.x(), feedForwardNorm, epsilon, space.normed());
    probe.see(ProbePoint.FFN_NORM, space.normed());
  }
}
