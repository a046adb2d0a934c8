package touchstone.generate;

/**
 * Watches a generation. Each method returns whether to go on; after the first {@code false} nothing
 * more is called or computed, and the result says {@link FinishReason#CANCELLED} unless the
 * generation had already ended.
 */
public interface GenerationListener {
  /** Wants everything and hears nothing. */
  GenerationListener SILENT = new GenerationListener() {};

  /**
   * A part of the prompt has been taken in.
   *
   * @param taken number of its tokens that the model holds, those of earlier turns included
   * @param total number of its tokens
   */
  default boolean onPrompt(int taken, int total) {
    return true;
  }

  /** A token was generated; the one that ends the text included. Its text may come later. */
  default boolean onToken(int id) {
    return true;
  }

  /** More of the text is certain. All chunks together are the text of the result; none is empty. */
  default boolean onText(String chunk) {
    return true;
  }
}
