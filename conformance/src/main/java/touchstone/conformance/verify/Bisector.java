package touchstone.conformance.verify;

import java.util.List;
import java.util.Optional;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.conformance.suite.Vector;

/** Chooses the pass to walk when a model's numbers are wrong. */
public final class Bisector {
  private final RuntimeUnderTest runtime;
  private final NumericProfile profile;

  /** Walks passes of a runtime. */
  public Bisector(RuntimeUnderTest runtime, NumericProfile profile) {
    this.runtime = runtime;
    this.profile = profile;
  }

  /**
   * What a search came to.
   *
   * @param bisection the pass that was walked, if one was
   * @param sentence what was found, or why nothing was
   */
  public record Outcome(Optional<Bisection> bisection, String sentence) {}

  /**
   * Walks a pass of the first model that failed.
   *
   * @param vectors all of the suite
   * @param results what became of those that were asked
   */
  public Outcome bisect(List<Vector> vectors, List<Result> results) {
    Optional<String> model =
        results.stream()
            .filter(result -> result.verdict().isFailure())
            .flatMap(result -> model(result.vector()).stream())
            .findFirst();
    if (model.isEmpty()) {
      return nothing("no vector of a model failed: there is nothing to bisect");
    }
    if (!runtime.description().capabilities().contains(Judge.PROBES)) {
      return nothing(
          "the runtime does not answer probes: its intermediates cannot be compared (model %s)"
              .formatted(model.get()));
    }
    List<Vector> passes =
        vectors.stream()
            .filter(vector -> vector.request().call().equals(Judge.PROBES))
            .filter(vector -> model(vector).equals(model))
            .toList();
    return walked(model.get(), passes);
  }

  private Outcome walked(String model, List<Vector> passes) {
    Optional<Bisection> right = Optional.empty();
    for (Vector pass : passes) {
      Optional<Bisection> walked = Bisection.of(pass, runtime, profile);
      if (walked.isPresent() && walked.get().first().isPresent()) {
        return new Outcome(walked, sentence(walked.get()));
      }
      right = right.or(() -> walked);
    }
    return right.isEmpty()
        ? nothing("no intermediates of %s could be compared".formatted(model))
        : new Outcome(
            right,
            "every intermediate of %s that the runtime tells is right: what fails comes after them"
                .formatted(model));
  }

  private static Outcome nothing(String sentence) {
    return new Outcome(Optional.empty(), sentence);
  }

  private static String sentence(Bisection bisection) {
    Bisection.Divergence first = bisection.first().orElseThrow();
    String layer = first.name().layerIfAny().isPresent() ? " of layer " + first.name().layer() : "";
    return "the %s%s is wrong first, in %s: %s"
        .formatted(first.formula().operation(), layer, bisection.vector().id(), first.sentence());
  }

  private static Optional<String> model(Vector vector) {
    return Optional.of(vector.request().arguments().json().path("model"))
        .filter(model -> !model.isMissingNode() && isNumeric(vector.request().call()))
        .map(model -> model.isTextual() ? model.textValue() : model.toString());
  }

  /** Whether a call runs a forward pass. */
  private static boolean isNumeric(String call) {
    return switch (call) {
      case "logits", "decode", "batch", "probes", "logprobs", "next", "generate" -> true;
      default -> false;
    };
  }
}
