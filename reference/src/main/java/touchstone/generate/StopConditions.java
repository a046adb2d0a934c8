package touchstone.generate;

import java.util.List;
import java.util.Set;

/**
 * What ends a generation besides a full context.
 *
 * @param maxNewTokens the most tokens that are generated, at least 1; the one that ends the text
 *     counts
 * @param eosIds tokens that end the text, without being part of it; may be empty
 * @param stopStrings texts that end the text before them; may be empty, none of them is
 * @source transformers 5.18 generation/stopping_criteria.py
 * @rules STOP-1
 */
public record StopConditions(int maxNewTokens, Set<Integer> eosIds, List<String> stopStrings) {
  public StopConditions {
    OptionRange.requireAtLeast("max_new_tokens", maxNewTokens, 1, "");
    eosIds = Set.copyOf(eosIds);
    stopStrings = List.copyOf(stopStrings);
    for (int i = 0; i < stopStrings.size(); i++) {
      requireText("stop[" + i + "]", stopStrings.get(i));
    }
  }

  private static void requireText(String option, String stop) {
    if (stop.isEmpty()) {
      throw OptionRange.refused(option, "an empty text", "one character or more");
    }
    if (stop.codePoints().anyMatch(point -> point >= 0xD800 && point <= 0xDFFF)) {
      throw OptionRange.refused(option, "half a surrogate pair", "well-formed Unicode text");
    }
  }
}
