package touchstone.conformance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.suite.Accept;
import touchstone.conformance.verify.Finding.Kind;

/**
 * Compares a greedy continuation. Where the margin between the two best logits is at most twice what
 * the profile's rounding may move each, both are right, and what follows has another prefix.
 *
 * @rules TOL-12
 */
final class TokenJudge {
  private final NumericProfile profile;

  TokenJudge(NumericProfile profile) {
    this.profile = profile;
  }

  Verdict judge(String output, JsonNode truth, Accept.Tokens accept, JsonNode actual) {
    OptionalDouble bound = Tolerance.of(accept.factor(), accept.spread(), profile);
    if (bound.isEmpty()) {
      return new Verdict.Skipped("no bound for profile " + profile.label());
    }
    for (int step = 0; step < truth.size(); step++) {
      if (step >= actual.size()) {
        return wrong(output, step, truth, actual); // it stopped, which is a choice too
      }
      if (!truth.get(step).equals(actual.get(step))) {
        double margin = Elements.value(accept.margins(), step);
        return margin > 2 * bound.getAsDouble()
            ? wrong(output, step, truth, actual)
            : new Verdict.Acceptable(undecided(output, step, margin), List.of());
      }
    }
    return actual.size() > truth.size()
        ? wrong(output, truth.size(), truth, actual)
        : new Verdict.Passed(List.of(), Optional.empty());
  }

  private String undecided(String output, int step, double margin) {
    return "%s differs at step %d, where rounding of profile %s decides: margin %s"
        .formatted(output, step, profile.label(), Figures.size(margin));
  }

  private static Verdict wrong(String output, int step, JsonNode truth, JsonNode actual) {
    String expected = id(truth, step);
    String found = id(actual, step);
    String sentence = "%s[%d] is %s, expected %s".formatted(output, step, found, expected);
    return new Verdict.Failed(Finding.of(Kind.TOKEN, output, sentence, expected, found), List.of());
  }

  private static String id(JsonNode ids, int step) {
    return step < ids.size() ? ids.get(step).toString() : "the end";
  }
}
