package touchstone.generate;

import java.util.List;
import java.util.Objects;

/**
 * What was generated.
 *
 * @param tokens all ids generated: also the one that ends the text, and those of a stop string
 * @param text their text, without the stop string; exactly the chunks that the listener received
 * @param reason why it ended
 * @param statistics counts and times
 */
public record GenerationResult(
    List<Integer> tokens, String text, FinishReason reason, GenerationStatistics statistics) {
  public GenerationResult {
    tokens = List.copyOf(tokens);
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(statistics, "statistics");
  }
}
