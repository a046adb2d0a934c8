package touchstone.gptq;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The parameters of a GPTQ quantisation, from {@code quantize_config.json} or from {@code
 * quantization_config} in {@code config.json}. Only the first five affect how a file is read.
 *
 * @param bits 2, 3, 4 or 8
 * @param groupSize inputs that share a scale and a zero point; {@value #NO_GROUPS} for all of them
 * @param actOrder whether channels were quantised in order of activation size (desc_act)
 * @param symmetric whether every zero point was meant to be {@code 2^(bits-1)}
 * @param zeroPoints how zero points are stored
 * @param dampPercent damping of the Hessian, as a share of its mean diagonal
 * @param staticGroups whether group parameters were fixed before quantisation
 * @param trueSequential whether the modules of a layer were quantised one after another
 * @param modelFileBaseName file that holds the weights, without its extension
 */
public record GptqConfig(
    int bits,
    int groupSize,
    boolean actOrder,
    boolean symmetric,
    ZeroPointFormat zeroPoints,
    OptionalDouble dampPercent,
    boolean staticGroups,
    boolean trueSequential,
    Optional<String> modelFileBaseName) {

  /** The group size that means: one group of all inputs. */
  public static final int NO_GROUPS = -1;

  public GptqConfig {
    if (bits != 2 && bits != 3 && bits != 4 && bits != 8) {
      throw new IllegalArgumentException("bits must be 2, 3, 4 or 8, got " + bits);
    }
    if (groupSize != NO_GROUPS && groupSize < 1) {
      throw new IllegalArgumentException("group_size must be -1 or > 0, got " + groupSize);
    }
    Objects.requireNonNull(zeroPoints, "zeroPoints");
    Objects.requireNonNull(modelFileBaseName, "modelFileBaseName");
  }

  /** Inputs per group in a matrix with {@code inputs} inputs. */
  public int groupSize(int inputs) {
    return groupSize == NO_GROUPS ? inputs : groupSize;
  }

  /** Number of groups in a matrix with {@code inputs} inputs; the last one may be short. */
  public int groups(int inputs) {
    return Math.ceilDiv(inputs, groupSize(inputs));
  }
}
