package touchstone.conformance.own;

import java.util.Arrays;
import java.util.List;
import touchstone.llama.KeyValueCache;
import touchstone.llama.Llama;
import touchstone.llama.Probe;
import touchstone.tensor.Activations;

/** In which passes, and behind which cache, sequences go through a model. The defaults are right. */
public interface Passes {
  /** As the reference does it. */
  Passes REFERENCE = new Passes() {};

  /**
   * A sequence in one pass.
   *
   * @return logits [tokens, vocab]
   */
  default Activations fresh(Llama model, int[] tokens, Probe probe) {
    return model.forward(tokens, model.newCache(tokens.length), Llama.Rows.ALL, probe);
  }

  /**
   * A sequence behind a cache: its first tokens in one pass, then the others one at a time.
   *
   * @param prefill number of tokens in the first pass; at least 1
   * @return logits [tokens, vocab]
   */
  default Activations cached(Llama model, int[] tokens, int prefill) {
    KeyValueCache cache = model.newCache(tokens.length);
    Activations logits = Activations.zeros(tokens.length, model.config().vocab());
    int to = prefill;
    for (int from = 0; from < tokens.length; from = to, to++) {
      int[] part = Arrays.copyOfRange(tokens, from, to);
      float[] rows = model.forward(part, cache, Llama.Rows.ALL, Probe.NONE).values();
      System.arraycopy(rows, 0, logits.values(), logits.start(from), rows.length);
    }
    return logits;
  }

  /**
   * Several sequences of any lengths together.
   *
   * @return logits of the last token of each [sequences, vocab]
   */
  default Activations together(Llama model, List<int[]> sequences) {
    int[] last = sequences.stream().mapToInt(tokens -> tokens[tokens.length - 1]).toArray();
    return model.forwardBatch(
        last, sequences.stream().map(tokens -> allButLast(model, tokens)).toList());
  }

  private static KeyValueCache allButLast(Llama model, int[] tokens) {
    KeyValueCache cache = model.newCache(tokens.length);
    if (tokens.length > 1) {
      model.next(Arrays.copyOf(tokens, tokens.length - 1), cache);
    }
    return cache;
  }
}
