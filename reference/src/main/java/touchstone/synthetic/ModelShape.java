package touchstone.synthetic;

import java.util.List;
import java.util.stream.Collectors;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.llama.LlamaConfig;
import touchstone.llama.RopeScaling;

/**
 * The dimensions of a synthetic model. What else a Llama has is the same in all of them.
 *
 * @param name for messages
 * @param dim width of the residual stream; a multiple of 32
 * @param hiddenDim width inside the feed-forward network; a multiple of 32
 * @param layers number of decoder layers
 * @param heads number of query heads; divides dim
 * @param kvHeads number of key and value heads; their dimensions together are a multiple of 32
 * @param vocab number of token ids
 * @param maxPositions trained context length
 * @source the config.json of TinyLlama/TinyLlama-1.1B-Chat-v1.0 and meta-llama/Llama-2-*-hf
 * @rules SYNTH-6
 */
public record ModelShape(
    String name,
    int dim,
    int hiddenDim,
    int layers,
    int heads,
    int kvHeads,
    int vocab,
    int maxPositions) {
  private static final int BOS = 1;
  private static final int EOS = 2;

  /** A quantised matrix is packed in words of this many codes at least, on both sides. */
  private static final int MULTIPLE = 32;

  private static final List<ModelShape> NAMED =
      List.of(
          new ModelShape("tinyllama-1.1b", 2048, 5632, 22, 32, 4, 32000, 2048),
          new ModelShape("llama2-7b", 4096, 11008, 32, 32, 32, 32000, 4096),
          new ModelShape("llama2-13b", 5120, 13824, 40, 40, 40, 32000, 4096),
          new ModelShape("llama2-70b", 8192, 28672, 80, 64, 8, 32000, 4096));

  public ModelShape {
    if (heads < 1 || dim % heads != 0) {
      throw wrong(name, "dim %d in %d heads".formatted(dim, heads), "heads must divide dim");
    }
    if (vocab <= EOS) {
      throw wrong(name, "vocab " + vocab, "at least %d, for the end-of-text id".formatted(EOS + 1));
    }
    try {
      config(dim, hiddenDim, layers, heads, kvHeads, vocab, maxPositions);
    } catch (IllegalArgumentException e) {
      throw TouchstoneException.because(
          Fault.CONFIG, "shape " + name, e.getMessage(), "no Llama has that shape", e);
    }
    requireMultiple(name, "dim", dim);
    requireMultiple(name, "hiddenDim", hiddenDim);
    requireMultiple(name, "kvHeads * headDim", kvHeads * (dim / heads));
  }

  private static void requireMultiple(String name, String what, int value) {
    if (value % MULTIPLE != 0) {
      throw wrong(name, what + " " + value, "it must be a multiple of " + MULTIPLE);
    }
  }

  private static TouchstoneException wrong(String name, String found, String allowed) {
    return TouchstoneException.of(Fault.CONFIG, "shape " + name, found, allowed);
  }

  /**
   * A shape of the specification's table.
   *
   * @throws TouchstoneException that names all of them if there is none of this name
   */
  public static ModelShape named(String name) {
    return NAMED.stream()
        .filter(shape -> shape.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                TouchstoneException.of(
                    Fault.USAGE, "shape", "'" + name + "' is not known", "one of " + names()));
  }

  /** The names of the specification's table. */
  public static String names() {
    return NAMED.stream().map(ModelShape::name).collect(Collectors.joining(", "));
  }

  /** The first {@code count} layers of this shape. */
  public ModelShape withLayers(int count) {
    if (count < 1 || count > layers) {
      throw TouchstoneException.of(
          Fault.USAGE, "layers", String.valueOf(count), "%s has 1 to %d".formatted(name, layers));
    }
    return new ModelShape(name, dim, hiddenDim, count, heads, kvHeads, vocab, maxPositions);
  }

  /** The dimensions and constants of the model. */
  public LlamaConfig config() {
    return config(dim, hiddenDim, layers, heads, kvHeads, vocab, maxPositions);
  }

  private static LlamaConfig config(
      int dim, int hiddenDim, int layers, int heads, int kvHeads, int vocab, int maxPositions) {
    return new LlamaConfig(
        vocab,
        dim,
        hiddenDim,
        layers,
        heads,
        kvHeads,
        dim / heads,
        maxPositions,
        1e-5f,
        10_000,
        new RopeScaling.None(),
        false,
        false,
        false,
        BOS,
        List.of(EOS));
  }
}
