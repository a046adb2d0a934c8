package touchstone.conformance.exam;

import java.util.Objects;
import touchstone.generate.FinishReason;

/**
 * What a model answered.
 *
 * @param text as generated
 * @param reason why it ended
 */
public record Answer(Question question, String text, FinishReason reason) {
  public Answer {
    Objects.requireNonNull(question, "question");
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(reason, "reason");
  }

  /** Whether it is the right one, white space aside, and the model knew where it ends. */
  public boolean right() {
    return reason == FinishReason.EOS && words(text).equals(words(question.answer()));
  }

  private static String words(String text) {
    return String.join(" ", text.strip().split("\\s+"));
  }
}
