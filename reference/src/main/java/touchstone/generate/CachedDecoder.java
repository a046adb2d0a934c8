package touchstone.generate;

import java.util.Arrays;
import java.util.Objects;
import touchstone.llama.KeyValueCache;
import touchstone.llama.Llama;

/**
 * One sequence in a Llama. It remembers its tokens, so that what a new prompt shares with what was
 * computed is kept; that changes no bit of what follows.
 */
public final class CachedDecoder implements Decoder {
  /** Takes in the tokens that follow those in a cache and returns the logits after the last. */
  @FunctionalInterface
  public interface Pass {
    /** As {@link Llama#next}. */
    float[] next(int[] tokens, KeyValueCache cache);
  }

  private final int vocab;
  private final Pass pass;
  private final KeyValueCache cache;
  private final int[] held; // [capacity], the first cache.length() are valid

  /** An empty sequence of up to {@code context} tokens. */
  public CachedDecoder(Llama llama, int context) {
    this(llama, context, llama::next);
  }

  /**
   * As {@link #CachedDecoder(Llama, int)}, with something around every forward pass.
   *
   * @param pass calls {@link Llama#next} of the same model
   */
  public CachedDecoder(Llama llama, int context, Pass pass) {
    this.vocab = llama.config().vocab();
    this.pass = Objects.requireNonNull(pass, "pass");
    this.cache = llama.newCache(context);
    this.held = new int[context];
  }

  /** Forgets what does not begin the prompt, and at least its last token. */
  public void keepStartOf(int[] prompt) {
    int common = Arrays.mismatch(held, 0, cache.length(), prompt, 0, prompt.length);
    int shared = common < 0 ? prompt.length : common;
    cache.truncate(Math.clamp(prompt.length - 1L, 0, shared));
  }

  @Override
  public int vocab() {
    return vocab;
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
    float[] logits = pass.next(tokens, cache);
    System.arraycopy(tokens, 0, held, position, tokens.length);
    return logits;
  }
}
