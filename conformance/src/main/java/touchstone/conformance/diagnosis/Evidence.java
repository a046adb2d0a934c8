package touchstone.conformance.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.suite.Expectation;
import touchstone.conformance.suite.ExpectedOutput;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.Vector;

/**
 * One output of one vector: how the answer, the truth and a candidate's answer lie to each other.
 *
 * <pre>
 * explained = 1 - |answer - candidate|^2 / |answer - truth|^2, but at least 0
 * </pre>
 *
 * It is 1 if the candidate answers the same, and 0 if it is no nearer to the answer than the truth is,
 * as it never is where the answer does not depart.
 *
 * @param call that was made
 * @param departure of the answer from the truth
 * @param residual from the answer to the candidate's
 * @param expected departure of the candidate from the truth
 */
record Evidence(String vector, String call, Gap departure, Gap residual, Gap expected) {
  /** Whether it says anything: the answer or the candidate departs. */
  boolean says() {
    return !departure.isNone() || !expected.isNone();
  }

  /** How much of the departure the candidate explains. */
  double explained() {
    return departure.isNone() ? 0 : Math.max(0, 1 - residual.square() / departure.square());
  }

  /** What one question has to say. A question that was not answered says nothing. */
  static List<Evidence> of(Distances distances, Answered answered, Reply candidate) {
    if (answered.reply() instanceof Reply.Skipped || candidate instanceof Reply.Skipped) {
      return List.of();
    }
    return switch (answered.vector().expectation()) {
      case Expectation.Invalid _ -> List.of(refusal(answered, candidate));
      case Expectation.Valid(var outputs) -> outputs(distances, outputs, answered, candidate, 1);
      case Expectation.Acceptable(var outputs) ->
          outputs(distances, outputs, answered, candidate, 0);
    };
  }

  private static Evidence refusal(Answered answered, Reply candidate) {
    double departs = answered.reply() instanceof Reply.Result ? 1 : 0;
    double expected = candidate instanceof Reply.Result ? 1 : 0;
    return whole(answered.vector(), departs, Math.abs(departs - expected), expected);
  }

  /** An answer that is broken is no refusal: no mistake in the arithmetic explains it. */
  private static boolean areRefusals(Reply one, Reply other) {
    return one instanceof Reply.Refused && other instanceof Reply.Refused;
  }

  private static Evidence whole(Vector vector, double departs, double apart, double expected) {
    return new Evidence(
        vector.id(),
        vector.request().call(),
        Gap.share(departs),
        Gap.share(apart),
        Gap.share(expected));
  }

  /**
   * Of outputs that are there.
   *
   * @param refusing how far a refusal is from the truth
   */
  private static List<Evidence> outputs(
      Distances distances,
      Map<String, ExpectedOutput> outputs,
      Answered answered,
      Reply candidate,
      double refusing) {
    boolean answers = answered.reply() instanceof Reply.Result;
    boolean other = candidate instanceof Reply.Result;
    if (!answers || !other) {
      double departs = answers ? 0 : refusing;
      double expected = other ? 0 : refusing;
      double apart = areRefusals(answered.reply(), candidate) ? 0 : 1;
      return List.of(whole(answered.vector(), departs, apart, expected));
    }
    Map<String, Value> given = ((Reply.Result) answered.reply()).outputs();
    Map<String, Value> theirs = ((Reply.Result) candidate).outputs();
    Set<String> names = new TreeSet<>(outputs.keySet());
    names.retainAll(given.keySet());
    names.retainAll(theirs.keySet());
    List<Evidence> evidence = new ArrayList<>();
    for (String name : names) {
      ExpectedOutput expected = outputs.get(name);
      evidence.add(
          new Evidence(
              answered.vector().id(),
              answered.vector().request().call(),
              distances.toTruth(expected, given.get(name)),
              distances.between(expected, theirs.get(name), given.get(name)),
              distances.toTruth(expected, theirs.get(name))));
    }
    return evidence;
  }
}
