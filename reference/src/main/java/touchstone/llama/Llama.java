package touchstone.llama;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.tensor.Activations;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.RopeTable;

/**
 * A Llama: tokens in, logits out. Prefill, decode and decoding several sequences together are this
 * one pass with many rows or one. One pass at a time: passes share memory and threads.
 *
 * <pre>
 * x = embedding[tokens];  x = layer(x) for every layer;  logits = Whead rmsNorm(x)
 * </pre>
 *
 * @source Touvron et al. 2023 (arXiv 2307.09288); transformers 4.33 modeling_llama.py
 * @shapes x [tokens, dim], logits [rows, vocab]
 * @numerics fp32 activations; see {@link Kernels}
 * @deviation transformers rounds every intermediate to the type of the weights
 * @rules MODEL-1 MODEL-2 MODEL-3
 */
public final class Llama {
  /** Which positions get logits. */
  public enum Rows {
    /** Only the last token: what generation needs. */
    LAST,
    /** Every token of the pass. */
    ALL
  }

  private final LlamaConfig config;
  private final Kernels kernels;
  private final DenseMatrix embedding; // [vocab, dim]
  private final IntFunction<DecoderLayer> layers;
  private final float[] finalNorm; // [dim]
  private final Linear head;
  private final RotaryEmbedding rotary;
  private Workspace space; // of the last pass

  private Llama(
      LlamaConfig config,
      Kernels kernels,
      DenseMatrix embedding,
      IntFunction<DecoderLayer> layers,
      float[] finalNorm,
      Linear head) {
    this.config = config;
    this.kernels = kernels;
    this.embedding = embedding;
    this.layers = layers;
    this.finalNorm = finalNorm;
    this.head = head;
    this.rotary = new RotaryEmbedding(config);
    this.space = Workspace.of(config, 1);
  }

  /** Takes a checkpoint into use on a kernel set; both must stay open as long as the model is used. */
  public static Llama load(Checkpoint checkpoint, Kernels kernels) {
    List<DecoderLayer> layers =
        IntStream.range(0, checkpoint.config().layers())
            .mapToObj(layer -> DecoderLayer.load(checkpoint, kernels, layer))
            .toList();
    return of(checkpoint, kernels, layers::get);
  }

  /**
   * As {@link #load}, but every pass takes each layer from the checkpoint when its turn comes and
   * lets go of it afterwards: a model that is larger than memory. The kernel set should not prepare
   * weights, which would be done anew in every pass.
   */
  public static Llama stream(Checkpoint checkpoint, Kernels kernels) {
    return of(checkpoint, kernels, layer -> DecoderLayer.load(checkpoint, kernels, layer));
  }

  private static Llama of(
      Checkpoint checkpoint, Kernels kernels, IntFunction<DecoderLayer> layers) {
    LlamaConfig config = checkpoint.config();
    return new Llama(
        config,
        kernels,
        checkpoint.embedding(),
        layers,
        checkpoint.gain(LinearModule.FINAL_NORM),
        config.tiedEmbeddings()
            ? kernels.linear(checkpoint.embedding(), Optional.empty())
            : kernels.linear(checkpoint.matrix(LinearModule.HEAD), Optional.empty()));
  }

  /** The model's dimensions. */
  public LlamaConfig config() {
    return config;
  }

  /** An empty cache for a sequence of up to {@code capacity} tokens. */
  public KeyValueCache newCache(int capacity) {
    return new KeyValueCache(config, capacity);
  }

  /**
   * Continues a sequence.
   *
   * @param tokens ids that follow what the cache holds; at least one
   * @param cache grows by the tokens; unchanged if this throws
   * @return logits [1 or tokens, vocab]
   * @throws TouchstoneException if the tokens do not fit the cache or an id is not in the vocabulary
   */
  public Activations forward(int[] tokens, KeyValueCache cache, Rows rows, Probe probe) {
    return forward(tokens, Batch.of(cache, tokens.length), rows, probe);
  }

  /**
   * Continues several sequences by one token each, reading the weights once for all of them. Each
   * gets the bits that it would get alone.
   *
   * @param tokens one id per sequence; at least one
   * @param caches of as many different sequences; unchanged if this throws
   * @return logits [sequences, vocab]
   * @throws TouchstoneException as {@link #forward}
   */
  public Activations forwardBatch(int[] tokens, List<KeyValueCache> caches) {
    if (tokens.length != caches.size()) {
      throw new IllegalArgumentException(
          "one token per sequence, got %d for %d".formatted(tokens.length, caches.size()));
    }
    return forward(tokens, Batch.ofOneEach(caches), Rows.ALL, Probe.NONE);
  }

  private Activations forward(int[] tokens, Batch batch, Rows rows, Probe probe) {
    batch.requireRoom();
    Workspace space = workspace(tokens.length);
    Activations x = embed(tokens, space.x()); // [tokens, dim]
    Seen model = new Seen(probe, Probe.NO_LAYER);
    model.see(ProbePoint.EMBED, x);

    RopeTable rope = rotary.table(batch);
    for (int layer = 0; layer < config.layers(); layer++) {
      layers.apply(layer).forward(kernels, space, batch, rope, layer, new Seen(probe, layer));
    }
    Activations asked = rows == Rows.ALL ? x : x.rows(tokens.length - 1, 1); // [rows, dim]
    Activations logits = logits(asked, space.normed().rows(0, asked.rows()), model);
    batch.advance();
    return logits;
  }

  /** The logits of the last token only, unobserved. */
  public float[] next(int[] tokens, KeyValueCache cache) {
    return forward(tokens, cache, Rows.LAST, Probe.NONE).values();
  }

  /** The last pass's, if this one has as many rows: decoding allocates little but its logits. */
  private Workspace workspace(int tokens) {
    if (tokens == 0) {
      throw TouchstoneException.of(
          Fault.USAGE, "tokens", "none", "a forward pass needs at least one token");
    }
    if (space.x().rows() != tokens) {
      space = Workspace.of(config, tokens);
    }
    return space;
  }

  private Activations embed(int[] tokens, Activations x) {
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] < 0 || tokens[i] >= config.vocab()) {
        throw TouchstoneException.of(
            Fault.USAGE,
            "tokens",
            "id %d at index %d".formatted(tokens[i], i),
            "ids run from 0 to %d".formatted(config.vocab() - 1));
      }
      embedding.copyRow(tokens[i], x.values(), x.start(i));
    }
    return x;
  }

  private Activations logits(Activations x, Activations normed, Seen probe) {
    kernels.rmsNorm(x, finalNorm, config.epsilon(), normed);
    probe.see(ProbePoint.FINAL_NORM, normed);
    Activations logits = Activations.zeros(x.rows(), config.vocab()); // [rows, vocab]
    head.apply(normed, logits);
    probe.see(ProbePoint.LOGITS, logits);
    return logits;
  }
}
