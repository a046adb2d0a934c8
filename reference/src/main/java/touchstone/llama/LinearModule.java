package touchstone.llama;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A linear module of a Llama as checkpoints name it, with its shape.
 *
 * @param name {@code model.layers.0.self_attn.q_proj}; its tensors are this name plus {@code
 *     .weight}, or {@code .qweight} and companions
 * @param outputs rows of its weight
 * @param inputs columns of its weight
 * @param hasBias whether the configuration gives it a bias
 */
public record LinearModule(String name, int outputs, int inputs, boolean hasBias) {
  /** The embedding matrix: [vocab, dim], read by rows. */
  public static final String EMBEDDING = "model.embed_tokens";

  /** The output head: [vocab, dim]; absent where the embeddings are tied. */
  public static final String HEAD = "lm_head";

  /** The norm before the output head. */
  public static final String FINAL_NORM = "model.norm";

  /** Prefix of everything in one layer. */
  public static String layer(int layer) {
    return "model.layers." + layer + ".";
  }

  /** The seven linear modules of one layer; these are what GPTQ quantises. */
  public static List<LinearModule> ofLayer(LlamaConfig config, int layer) {
    String attention = layer(layer) + "self_attn.";
    String mlp = layer(layer) + "mlp.";
    boolean bias = config.attentionBias();
    return List.of(
        new LinearModule(attention + "q_proj", config.queryDim(), config.dim(), bias),
        new LinearModule(attention + "k_proj", config.kvDim(), config.dim(), bias),
        new LinearModule(attention + "v_proj", config.kvDim(), config.dim(), bias),
        new LinearModule(attention + "o_proj", config.dim(), config.queryDim(), bias),
        new LinearModule(mlp + "gate_proj", config.hiddenDim(), config.dim(), config.mlpBias()),
        new LinearModule(mlp + "up_proj", config.hiddenDim(), config.dim(), config.mlpBias()),
        new LinearModule(mlp + "down_proj", config.dim(), config.hiddenDim(), config.mlpBias()));
  }

  /** The linear modules of all layers, in order. */
  public static Stream<LinearModule> ofAllLayers(LlamaConfig config) {
    return IntStream.range(0, config.layers()).boxed().flatMap(l -> ofLayer(config, l).stream());
  }

  /** The names of all norms: two per layer and the final one; each has {@code .weight} [dim]. */
  public static Stream<String> norms(LlamaConfig config) {
    return Stream.concat(
        IntStream.range(0, config.layers())
            .boxed()
            .flatMap(
                l ->
                    Stream.of(layer(l) + "input_layernorm", layer(l) + "post_attention_layernorm")),
        Stream.of(FINAL_NORM));
  }
}
