package touchstone.quantize;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.ZeroPointFormat;

/**
 * What decides the codes of a layer besides its weights and its inputs.
 *
 * @param bits 2, 3, 4 or 8
 * @param groupSize inputs that share a scale and a zero point; {@link GptqConfig#NO_GROUPS} for all
 * @param actOrder whether inputs are taken in order of falling activation (desc_act)
 * @param staticGroups whether grids are fixed before any weight changes, for groups in natural order
 * @param symmetric whether every zero point is {@code 2^(bits-1)}
 * @param meanSquaredError whether grids are shrunk to where their error is least
 * @param damp damping of the Hessian, as a share of its mean diagonal; above 0 and below 1
 * @param zeroPoints how zero points will be stored, which decides the least there can be: 1 or 0
 */
public record QuantiserSettings(
    int bits,
    int groupSize,
    boolean actOrder,
    boolean staticGroups,
    boolean symmetric,
    boolean meanSquaredError,
    double damp,
    ZeroPointFormat zeroPoints) {

  /** Damping where a configuration names none. */
  public static final double DEFAULT_DAMP = 0.01;

  public QuantiserSettings {
    Objects.requireNonNull(zeroPoints, "zeroPoints");
    if (!(damp > 0 && damp < 1)) {
      throw new IllegalArgumentException("damp must be above 0 and below 1, got " + damp);
    }
    // Its constructor knows which bits and group sizes there are.
    new GptqConfig(
        bits,
        groupSize,
        actOrder,
        symmetric,
        zeroPoints,
        OptionalDouble.of(damp),
        staticGroups,
        true,
        Optional.empty());
  }

  /** The settings that a configuration tells of; it does not tell of a search for least error. */
  public static QuantiserSettings of(GptqConfig config) {
    return new QuantiserSettings(
        config.bits(),
        config.groupSize(),
        config.actOrder(),
        config.staticGroups(),
        config.symmetric(),
        false,
        config.dampPercent().orElse(DEFAULT_DAMP),
        config.zeroPoints());
  }

  /** The configuration of a model quantised with these settings. */
  public GptqConfig config(boolean trueSequential, Optional<String> modelFileBaseName) {
    return new GptqConfig(
        bits,
        groupSize,
        actOrder,
        symmetric,
        zeroPoints,
        OptionalDouble.of(damp),
        staticGroups,
        trueSequential,
        modelFileBaseName);
  }

  /** The largest code. */
  public int maxCode() {
    return (1 << bits) - 1;
  }

  /** Inputs per group of a layer with {@code inputs} inputs. */
  public int groupSize(int inputs) {
    return config(true, Optional.empty()).groupSize(inputs);
  }

  /** Groups of a layer with {@code inputs} inputs; the last one may be short. */
  public int groups(int inputs) {
    return config(true, Optional.empty()).groups(inputs);
  }
}
