package touchstone.quantize;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import touchstone.checkpoint.GptqDocuments;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.Permutation;

/**
 * How a model is to be quantised.
 *
 * @param method how codes are found
 * @param settings what decides the codes of a module
 * @param trueSequential whether a module sees what the quantised modules before it in its layer make of
 *     the calibration data; otherwise only layers follow one another
 * @source AutoGPTQ v0.4.2, BaseQuantizeConfig
 */
public record QuantisationPlan(Method method, QuantiserSettings settings, boolean trueSequential) {

  /** How codes are found. */
  public enum Method {
    /** {@link GptqSolver}; needs calibration data. */
    GPTQ,
    /** {@link RoundToNearest}. */
    RTN
  }

  public QuantisationPlan {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(settings, "settings");
  }

  /**
   * The six of {@link Permutation#card}.
   *
   * @param like everything but bits and groups is as there
   */
  public static List<QuantisationPlan> six(QuantisationPlan like) {
    return Permutation.card().stream().map(like::with).toList();
  }

  private QuantisationPlan with(Permutation permutation) {
    QuantiserSettings other =
        new QuantiserSettings(
            permutation.bits(),
            permutation.groupSize(),
            settings.actOrder(),
            settings.staticGroups(),
            settings.symmetric(),
            settings.meanSquaredError(),
            settings.damp(),
            settings.zeroPoints());
    return new QuantisationPlan(method, other, trueSequential);
  }

  /** The configuration of the model that comes of it. */
  public GptqConfig config() {
    return settings.config(trueSequential, Optional.of(GptqDocuments.WEIGHTS));
  }

  /** The name that tells the parameters: {@code gptq-4bit-32g-actorder_True}. */
  public String revisionName() {
    return new Permutation(settings.bits(), settings.groupSize(), settings.actOrder()).name();
  }
}
