package touchstone.app.cli;

import java.util.Arrays;
import touchstone.generate.Decoder;
import touchstone.llama.KeyValueCache;
import touchstone.llama.Llama;

/**
 * One sequence in a model; it remembers its tokens, so that what a new prompt shares is kept. No
 * logits come from weights that were written to after they were opened.
 */
final class Sequence implements Decoder {
  private final LoadedModel model;
  private final Llama llama;
  private final KeyValueCache cache;
  private final int[] held; // [capacity], the first cache.length() are valid

  Sequence(LoadedModel model, int context) {
    this.model = model;
    this.llama = model.llama();
    this.cache = llama.newCache(context);
    this.held = new int[context];
  }

  /** Forgets what does not begin the prompt, and at least its last token. */
  void keepStartOf(int[] prompt) {
    int common = Arrays.mismatch(held, 0, cache.length(), prompt, 0, prompt.length);
    int shared = common < 0 ? prompt.length : common;
    cache.truncate(Math.clamp(prompt.length - 1L, 0, shared));
  }

  @Override
  public int vocab() {
    return llama.config().vocab();
  }

  @Override
  public int contextLength() {
    return cache.capacity();
  }

  @Override
  public int position() {
    return cache.length();
  }

  @Override
  public float[] next(int[] tokens) {
    int position = cache.length();
    float[] logits = model.computeUnchanged(() -> llama.next(tokens, cache));
    System.arraycopy(tokens, 0, held, position, tokens.length);
    return logits;
  }
}
