package touchstone.app.cli;

import java.util.Arrays;
import java.util.Objects;
import picocli.CommandLine.Option;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.ZeroPointFormat;
import touchstone.quantize.QuantisationPlan;
import touchstone.quantize.QuantisationPlan.Method;
import touchstone.quantize.QuantiserSettings;

/** How a model is to be quantised. */
final class QuantizeOptions {
  /** Stands above the options in a help text. */
  static final String HEADING = "%nHow to quantise:%n";

  private static final int BITS = 4;
  private static final int GROUP_SIZE = 128;
  private static final double DAMP = 0.1;

  @Option(names = "--method", paramLabel = "NAME", description = "gptq or rtn. Default: gptq.")
  Method method = Method.GPTQ;

  @Option(names = "--bits", paramLabel = "N", description = "2, 3, 4 or 8. Default: 4.")
  Integer bits;

  @Option(
      names = "--group-size",
      paramLabel = "N",
      description = "Inputs that share a scale; -1 for all of them. Default: 128.")
  Integer groupSize;

  @Option(
      names = "--act-order",
      negatable = true,
      description =
          "Quantise inputs in order of falling activation (desc_act). Default: yes; rtn has no order.")
  Boolean actOrder;

  @Option(
      names = "--static-groups",
      description = "Fix scales before any weight changes, for groups of neighbouring inputs.")
  boolean staticGroups;

  @Option(names = "--sym", description = "Zero points in the middle. The default.")
  boolean sym;

  @Option(names = "--asym", description = "Zero points where the weights ask for them.")
  boolean asym;

  @Option(names = "--mse", description = "Shrink scales to where their squared error is least.")
  boolean mse;

  @Option(
      names = "--damp",
      paramLabel = "SHARE",
      description = "Damping of the Hessian, a share of its mean diagonal. Default: 0.1.")
  double damp = DAMP;

  @Option(
      names = "--true-sequential",
      negatable = true,
      description = "Let a module see what those before it in its layer became. Default: yes.")
  Boolean trueSequential;

  /** The plan asked for. */
  QuantisationPlan plan() {
    requireOneOf("--bits", Objects.requireNonNullElse(bits, BITS));
    int size = Objects.requireNonNullElse(groupSize, GROUP_SIZE);
    if (size != GptqConfig.NO_GROUPS && size < 1) {
      throw fault("--group-size", size, "-1 for one group, or at least 1");
    }
    if (!(damp > 0 && damp < 1)) {
      throw fault("--damp", damp, "more than 0 and less than 1");
    }
    if (sym && asym) {
      throw fault("--sym", "with --asym", "one of them");
    }
    boolean gptq = method == Method.GPTQ;
    if (!gptq && (Boolean.TRUE.equals(actOrder) || staticGroups)) {
      throw fault("--method", "rtn", "it has neither --act-order nor --static-groups");
    }
    return new QuantisationPlan(
        method,
        new QuantiserSettings(
            Objects.requireNonNullElse(bits, BITS),
            size,
            Objects.requireNonNullElse(actOrder, gptq),
            staticGroups,
            !asym,
            mse,
            damp,
            ZeroPointFormat.V1),
        Objects.requireNonNullElse(trueSequential, true));
  }

  /** Refuses what {@code --all-six} decides itself. */
  void requireNoPermutation() {
    if (bits != null || groupSize != null) {
      throw fault("--all-six", "with --bits or --group-size", "it takes both in turn");
    }
  }

  private static void requireOneOf(String option, int value) {
    if (!Arrays.asList(2, 3, 4, 8).contains(value)) {
      throw fault(option, value, "2, 3, 4 or 8");
    }
  }

  private static TouchstoneException fault(String option, Object found, String allowed) {
    return TouchstoneException.of(Fault.USAGE, option, String.valueOf(found), allowed);
  }
}
