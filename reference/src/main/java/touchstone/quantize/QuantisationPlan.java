package touchstone.quantize;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import touchstone.checkpoint.GptqDocuments;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.ZeroPointFormat;

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
   * The six permutations that repositories of quantised models offer in branches: 4 and 3 bits, with no
   * groups, groups of 128 and of 32.
   *
   * @param like everything else is as there
   */
  public static List<QuantisationPlan> six(QuantisationPlan like) {
    return List.of(
        like.with(4, GptqConfig.NO_GROUPS),
        like.with(4, 128),
        like.with(4, 32),
        like.with(3, GptqConfig.NO_GROUPS),
        like.with(3, 128),
        like.with(3, 32));
  }

  private QuantisationPlan with(int bits, int groupSize) {
    QuantiserSettings other =
        new QuantiserSettings(
            bits,
            groupSize,
            settings.actOrder(),
            settings.staticGroups(),
            settings.symmetric(),
            settings.meanSquaredError(),
            settings.damp(),
            ZeroPointFormat.V1);
    return new QuantisationPlan(method, other, trueSequential);
  }

  /** The configuration of the model that comes of it. */
  public GptqConfig config() {
    return settings.config(trueSequential, Optional.of(GptqDocuments.WEIGHTS));
  }

  /** The name of the branch that such a model has: {@code gptq-4bit-32g-actorder_True}. */
  public String revisionName() {
    return "gptq-%dbit-%dg-actorder_%s"
        .formatted(settings.bits(), settings.groupSize(), settings.actOrder() ? "True" : "False");
  }
}
