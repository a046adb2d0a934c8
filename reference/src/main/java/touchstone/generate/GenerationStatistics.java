package touchstone.generate;

import java.util.OptionalDouble;

/**
 * How long a generation took.
 *
 * @param promptTokens tokens of the prompt
 * @param reusedTokens those of them that the model held from an earlier turn
 * @param generatedTokens tokens generated, the one that ends the text included
 * @param promptNanos time until the logits after the prompt were there
 * @param generationNanos time from then to the end, the listener's included
 */
public record GenerationStatistics(
    int promptTokens,
    int reusedTokens,
    int generatedTokens,
    long promptNanos,
    long generationNanos) {

  /** Prompt tokens taken in per second; empty if the clock did not move. */
  public OptionalDouble promptTokensPerSecond() {
    return perSecond(promptTokens - reusedTokens, promptNanos);
  }

  /**
   * Tokens generated per second. The first token is not counted, since it needs no pass through the
   * model after the prompt's; empty if there is no other.
   */
  public OptionalDouble generatedTokensPerSecond() {
    return perSecond(generatedTokens - 1, generationNanos);
  }

  private static OptionalDouble perSecond(int tokens, long nanos) {
    return tokens > 0 && nanos > 0
        ? OptionalDouble.of(tokens * 1e9 / nanos)
        : OptionalDouble.empty();
  }
}
