package touchstone.evaluate;

import java.util.Arrays;
import java.util.List;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.llama.KeyValueCache;
import touchstone.llama.Llama;
import touchstone.llama.Probe;
import touchstone.tensor.Activations;

/**
 * Reads windows with a model, or two of them side by side, and collects what they say about every
 * token that counts. Windows are read in parts, so that the logits take a bounded amount of memory;
 * no bit depends on the parts.
 *
 * @numerics those of {@link LogSoftmax} and {@link Samples}, tokens in order
 * @rules PPL-8
 */
public final class Evaluation {
  /** Most logits in memory per model: 64 MiB. */
  private static final int MOST_LOGITS = 1 << 24;

  /** Most rows of a pass; more of them make no pass faster. */
  private static final int MOST_ROWS = 512;

  /** Learns how far an evaluation is. */
  @FunctionalInterface
  public interface Listener {
    /** Called after each part: tokens scored, tokens to score, and the model's perplexity so far. */
    void onTokens(long done, long total, Perplexity soFar);
  }

  private interface Prediction {
    void about(int target, String where, int row, List<Activations> logits);
  }

  private final List<Window> windows;
  private final Listener listener;

  /**
   * An evaluation of one text.
   *
   * @param windows at least one
   */
  public Evaluation(List<Window> windows, Listener listener) {
    this.windows = List.copyOf(windows);
    this.listener = listener;
    if (windows.isEmpty()) {
      throw new IllegalArgumentException("an evaluation needs at least one window");
    }
  }

  /** Predictions that count. */
  public long tokens() {
    return windows.stream().mapToLong(Window::scored).sum();
  }

  /**
   * How well a model predicts the text.
   *
   * @throws TouchstoneException if a window does not fit its context or a logit is not finite
   */
  public Perplexity perplexity(Llama model) {
    Perplexity result = new Perplexity(new Samples());
    run(
        List.of(model),
        result,
        (target, where, row, logits) -> {
          Activations own = logits.getFirst();
          double sum = LogSoftmax.logSumExp(own, row, where);
          result.nll().add(sum - own.values()[own.start(row) + target]);
        });
    return result;
  }

  /**
   * How far a model's predictions are from a base's.
   *
   * @throws TouchstoneException as {@link #perplexity}, or if their vocabularies differ in size
   */
  public Comparison compare(Llama model, Llama base) {
    int vocab = model.config().vocab();
    if (base.config().vocab() != vocab) {
      throw TouchstoneException.of(
          Fault.FORMAT,
          "vocabularies",
          "%d and %d ids".formatted(vocab, base.config().vocab()),
          "only models with the same tokenizer can be compared");
    }
    Comparison result = Comparison.start();
    double[] p = new double[vocab];
    double[] q = new double[vocab];
    run(
        List.of(base, model),
        result.model(),
        (target, where, row, logits) -> {
          fill(logits.getFirst(), row, where + " of the base", p);
          fill(logits.getLast(), row, where, q);
          result.add(target, p, q);
        });
    return result;
  }

  private static void fill(Activations logits, int row, String where, double[] into) {
    LogSoftmax.fill(logits, row, LogSoftmax.logSumExp(logits, row, where), into);
  }

  private void run(List<Llama> models, Perplexity soFar, Prediction prediction) {
    int longest = windows.stream().mapToInt(w -> w.end() - w.begin()).max().orElseThrow();
    models.forEach(model -> requireContext(longest - 1, model));
    List<KeyValueCache> caches = models.stream().map(m -> m.newCache(longest - 1)).toList();
    int most = Math.clamp(MOST_LOGITS / models.getFirst().config().vocab(), 1, MOST_ROWS);
    for (Window window : windows) {
      caches.forEach(cache -> cache.truncate(0));
      int[] inputs = window.inputs();
      int first = window.firstScoredRow();
      for (int start = 0; start < inputs.length; ) {
        boolean context = start < first;
        int end = Math.min(start + most, context ? first : inputs.length);
        int[] part = Arrays.copyOfRange(inputs, start, end);
        List<Activations> logits = read(models, caches, part, context);
        for (int row = start; !context && row < end; row++) {
          String where = "token %d of the text".formatted(window.position(row));
          prediction.about(window.target(row), where, row - start, logits);
        }
        listener.onTokens(soFar.nll().count(), tokens(), soFar);
        start = end;
      }
    }
  }

  private static List<Activations> read(
      List<Llama> models, List<KeyValueCache> caches, int[] part, boolean context) {
    Llama.Rows rows = context ? Llama.Rows.LAST : Llama.Rows.ALL; // [1 or part, vocab]
    Activations[] logits = new Activations[models.size()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = models.get(i).forward(part, caches.get(i), rows, Probe.NONE);
    }
    return List.of(logits);
  }

  private static void requireContext(int inputs, Llama model) {
    int context = model.config().contextLength();
    if (inputs > context) {
      throw TouchstoneException.of(
          Fault.LIMIT,
          "window",
          "%d tokens to read".formatted(inputs),
          "at most the %d of the model's context; take a smaller --block".formatted(context));
    }
  }
}
