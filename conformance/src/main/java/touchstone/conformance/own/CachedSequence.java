package touchstone.conformance.own;

import touchstone.generate.Decoder;
import touchstone.generate.Detokenizer;
import touchstone.llama.KeyValueCache;
import touchstone.llama.Llama;

/** One sequence behind a cache, as a generator continues it. */
final class CachedSequence implements Decoder {
  /** For a generation of which only the ids are wanted. */
  static final Detokenizer WITHOUT_TEXT =
      new Detokenizer() {
        @Override
        public String append(int id) {
          return "";
        }

        @Override
        public String flush() {
          return "";
        }
      };

  private final Llama model;
  private final KeyValueCache cache;

  CachedSequence(Llama model, int tokens) {
    this.model = model;
    this.cache = model.newCache(Math.min(tokens, model.config().contextLength()));
  }

  @Override
  public int vocab() {
    return model.config().vocab();
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
    return model.next(tokens, cache);
  }
}
