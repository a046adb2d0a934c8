package touchstone.conformance.door;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What a server was found to offer.
 *
 * @param capabilities calls that it answers so that they can be judged
 * @param addsBos whether it puts BOS before every prompt, its own included
 * @param showsSpecial whether ids to text shows special tokens
 * @param findings sentences: what is peculiar, and what could not be checked and why
 */
record Offer(
    Set<String> capabilities, boolean addsBos, boolean showsSpecial, List<String> findings) {
  Offer {
    capabilities = Set.copyOf(capabilities);
    findings = List.copyOf(findings);
  }

  /** What is sent for a sequence. */
  int[] sent(int[] tokens, int bos) throws NoAnswer {
    if (tokens.length == 0) {
      throw NoAnswer.skipped("an empty sequence cannot be sent");
    }
    if (!addsBos) {
      return tokens;
    }
    if (tokens[0] != bos || tokens.length == 1) {
      throw NoAnswer.skipped("the server puts BOS before it, so this sequence cannot be sent");
    }
    return Arrays.copyOfRange(tokens, 1, tokens.length);
  }
}
