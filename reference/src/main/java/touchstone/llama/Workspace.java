package touchstone.llama;

import touchstone.tensor.Activations;

/**
 * The intermediates of one forward pass; every layer overwrites them, and so does the next pass.
 *
 * @param x the residual stream [tokens, dim]
 * @param normed input of attention or feed-forward network [tokens, dim]
 * @param q queries [tokens, heads * headDim]
 * @param k keys [tokens, kvHeads * headDim]
 * @param v values [tokens, kvHeads * headDim]
 * @param attention mixed values [tokens, heads * headDim]
 * @param gate gate projection [tokens, hiddenDim]
 * @param up up projection [tokens, hiddenDim]
 * @param act {@code silu(gate) * up} [tokens, hiddenDim]
 * @param delta what is added to the residual stream [tokens, dim]
 */
record Workspace(
    Activations x,
    Activations normed,
    Activations q,
    Activations k,
    Activations v,
    Activations attention,
    Activations gate,
    Activations up,
    Activations act,
    Activations delta) {

  static Workspace of(LlamaConfig config, int tokens) {
    return new Workspace(
        Activations.zeros(tokens, config.dim()),
        Activations.zeros(tokens, config.dim()),
        Activations.zeros(tokens, config.queryDim()),
        Activations.zeros(tokens, config.kvDim()),
        Activations.zeros(tokens, config.kvDim()),
        Activations.zeros(tokens, config.queryDim()),
        Activations.zeros(tokens, config.hiddenDim()),
        Activations.zeros(tokens, config.hiddenDim()),
        Activations.zeros(tokens, config.hiddenDim()),
        Activations.zeros(tokens, config.dim()));
  }

  /** These intermediates around another residual stream. */
  Workspace with(Activations stream) {
    return new Workspace(stream, normed, q, k, v, attention, gate, up, act, delta);
  }
}
