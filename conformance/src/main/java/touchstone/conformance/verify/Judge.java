package touchstone.conformance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.suite.Accept;
import touchstone.conformance.suite.Expectation;
import touchstone.conformance.suite.ExpectedOutput;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.Vector;
import touchstone.conformance.verify.Finding.Kind;

/**
 * Says what a reply is worth. It knows the truth, the tolerance and the profile, and nothing of who
 * replied.
 *
 * @rules TOL-7 TOL-11 TOL-14
 */
public final class Judge {
  /** The call whose outputs need not all be there. */
  static final String PROBES = "probes";

  /** The outputs that a runtime may keep to itself. */
  private static final Map<String, String> OPTIONAL = Map.of("logprobs", "top");

  private final NumberJudge numbers;
  private final TokenJudge tokens;
  private final SparseJudge sparse;

  /** A judge of runtimes that round as a profile says. */
  public Judge(NumericProfile profile) {
    this.numbers = new NumberJudge(profile);
    this.tokens = new TokenJudge(profile);
    this.sparse = new SparseJudge(profile);
  }

  /** The verdict on a reply to a vector. */
  public Verdict judge(Vector vector, Reply reply) {
    return switch (reply) {
      case Reply.Skipped(String reason) -> new Verdict.Skipped(reason);
      case Reply.Broken(String what) -> new Verdict.Broken(what);
      case Reply.Refused refused -> refusal(vector.expectation(), refused);
      case Reply.Result(Map<String, Value> outputs) -> result(vector, outputs);
    };
  }

  private static Verdict refusal(Expectation expectation, Reply.Refused refused) {
    String said = "%s: %s".formatted(refused.errorClass(), refused.message());
    return switch (expectation) {
      case Expectation.Invalid(List<String> errors) ->
          new Verdict.Passed(
              List.of(),
              errors.contains(refused.errorClass())
                  ? Optional.empty()
                  : Optional.of(
                      "refused as %s; %s says it better"
                          .formatted(refused.errorClass(), String.join(" or ", errors))));
      case Expectation.Acceptable _ ->
          new Verdict.Acceptable("refused, as it may be: " + said, List.of());
      case Expectation.Valid _ ->
          new Verdict.Failed(
              Finding.of(Kind.REFUSED, refused.errorClass(), "refused: " + said, "an answer", said),
              List.of());
    };
  }

  private Verdict result(Vector vector, Map<String, Value> outputs) {
    return switch (vector.expectation()) {
      case Expectation.Invalid(List<String> errors) -> {
        String refusal = "a refusal (%s)".formatted(String.join(" or ", errors));
        yield new Verdict.Failed(
            Finding.of(Kind.ACCEPTED, "", "answered, expected " + refusal, refusal, "an answer"),
            List.of());
      }
      case Expectation.Valid(var expected) -> outputs(vector, inOrder(expected), outputs);
      case Expectation.Acceptable(var expected) -> outputs(vector, inOrder(expected), outputs);
    };
  }

  /** Probes in the order of computation, others as they stand. */
  static SequencedMap<String, ExpectedOutput> inOrder(
      SequencedMap<String, ExpectedOutput> outputs) {
    SequencedMap<String, ExpectedOutput> ordered = new LinkedHashMap<>();
    outputs.keySet().stream()
        .sorted(
            Comparator.comparing(
                name -> ProbeName.of(name).orElse(ProbeName.LAST), Comparator.naturalOrder()))
        .forEach(name -> ordered.put(name, outputs.get(name)));
    return ordered;
  }

  /** Ids first: where they part from the truth in good order, nothing that follows from them counts. */
  private Verdict outputs(
      Vector vector, Map<String, ExpectedOutput> expected, Map<String, Value> actual) {
    String call = vector.request().call();
    List<Verdict> verdicts = new ArrayList<>();
    for (boolean first : new boolean[] {true, false}) {
      for (var entry : expected.entrySet()) {
        String name = entry.getKey();
        boolean mayMiss = call.equals(PROBES) || name.equals(OPTIONAL.get(call));
        if (first == entry.getValue().accept() instanceof Accept.Tokens
            && !(mayMiss && !actual.containsKey(name))) {
          verdicts.add(output(name, entry.getValue(), actual.get(name), call));
        }
      }
      if (verdicts.stream().anyMatch(Verdict.Acceptable.class::isInstance)) {
        break;
      }
    }
    return verdicts.isEmpty() ? nothing(expected) : merged(verdicts);
  }

  private static Verdict nothing(Map<String, ExpectedOutput> expected) {
    String names = String.join(", ", expected.keySet());
    return new Verdict.Failed(
        Finding.of(
            Kind.MISSING,
            "",
            "none of the outputs is there: " + Figures.excerpt(names),
            Figures.excerpt(names),
            "none"),
        List.of());
  }

  Verdict output(String name, ExpectedOutput expected, Value actual, String call) {
    if (actual == null) {
      return new Verdict.Failed(
          Finding.of(Kind.MISSING, name, "output " + name + " is missing", name, "nothing"),
          List.of());
    }
    Accept accept = expected.accept();
    return switch (expected.value()) {
      case Value.Numbers(var truth) when actual instanceof Value.Numbers(var found) ->
          numbers.judge(name, truth, accept, found);
      case Value.Sparse truth when actual instanceof Value.Sparse found ->
          sparse.judge(name, truth, accept, found);
      case Value.Data(JsonNode truth) when actual instanceof Value.Data(JsonNode found) ->
          accept instanceof Accept.Tokens margins
              ? tokens.judge(name, truth, margins, found)
              : DataJudge.judge(name, truth, accept, found);
      case Value.Numbers _, Value.Sparse _, Value.Data _ ->
          otherKind(name, expected.value(), actual);
    };
  }

  private static Verdict otherKind(String name, Value truth, Value actual) {
    String expected = kind(truth);
    String found = kind(actual);
    String sentence = "%s is %s, expected %s".formatted(name, found, expected);
    return new Verdict.Failed(Finding.of(Kind.TYPE, name, sentence, expected, found), List.of());
  }

  private static String kind(Value value) {
    return switch (value) {
      case Value.Numbers _ -> "a tensor";
      case Value.Sparse _ -> "ids with values";
      case Value.Data(JsonNode json) when json.isTextual() -> "a text";
      case Value.Data(JsonNode json) when json.isArray() -> "a list";
      case Value.Data _ -> "an object";
    };
  }

  /** The first that is wrong speaks for all: outputs stand in the order in which they arise. */
  private static Verdict merged(List<Verdict> verdicts) {
    List<Verdict.Measured> measured =
        verdicts.stream().flatMap(verdict -> verdict.measurements().stream()).toList();
    for (Verdict verdict : verdicts) {
      if (verdict instanceof Verdict.Failed(Finding finding, _)) {
        return new Verdict.Failed(finding, measured);
      }
    }
    for (Verdict verdict : verdicts) {
      if (verdict instanceof Verdict.Acceptable(String why, _)) {
        return new Verdict.Acceptable(why, measured);
      }
    }
    return verdicts.stream().allMatch(Verdict.Skipped.class::isInstance)
        ? verdicts.getFirst()
        : new Verdict.Passed(measured, Optional.empty());
  }
}
