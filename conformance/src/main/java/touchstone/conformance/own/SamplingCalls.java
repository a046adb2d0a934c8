package touchstone.conformance.own;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.Value;
import touchstone.generate.SamplingParameters;

/** Answers the call for a distribution. */
public final class SamplingCalls {
  /** What it answers. */
  public static final Set<String> CALLS = Set.of("sample");

  private final Warping warping;

  /** Answers with a deviation. */
  public SamplingCalls(Seams seams) {
    this.warping = seams.warping(Warping.REFERENCE);
  }

  /** The outputs of one of {@link #CALLS}. */
  public Map<String, Value> answer(String call, Arguments arguments) {
    return switch (call) {
      case "sample" -> Map.of("probabilities", probabilities(arguments));
      default -> throw new IllegalArgumentException("no call for a distribution is named " + call);
    };
  }

  private Value probabilities(Arguments arguments) {
    float[] logits = arguments.tensor("logits").toFloats(); // [vocab]
    int[] previous = arguments.ids("previous");
    for (int id : previous) {
      Objects.checkIndex(id, logits.length);
    }
    float[] probabilities =
        warping.probabilities(
            logits,
            previous,
            new SamplingParameters(
                true,
                arguments.real("temperature"),
                arguments.integer("topK"),
                arguments.real("topP"),
                arguments.real("minP"),
                arguments.real("repetitionPenalty"),
                0));
    return Outputs.floats(probabilities, probabilities.length);
  }
}
