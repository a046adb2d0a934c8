package touchstone.conformance.runtime;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;

/** How a runtime rounds, as it declares; it is judged by bounds of this profile. */
public enum NumericProfile {
  /** Weights are formed, everything is binary32. */
  F32("f32", 0x1p-24),
  /** As f32, with scale and zero point of a group applied to sums. */
  F32_GROUPED("f32-grouped", 0x1p-24),
  /** Weights and intermediates are rounded to binary16. */
  F16("f16", 0x1p-11),
  /** Weights and intermediates are rounded to bfloat16. */
  BF16("bf16", 0x1p-8),
  /** Activations are rounded to 8 bits, a block at a time, before products. */
  INT8("int8", Double.NaN);

  private final String label;
  private final double unitRoundoff;

  NumericProfile(String label, double unitRoundoff) {
    this.label = label;
    this.unitRoundoff = unitRoundoff;
  }

  /** The name in vectors, in the protocol and on the command line. */
  public String label() {
    return label;
  }

  /** Half the distance from 1 to the next number; empty where rounding is not of this kind. */
  public OptionalDouble unitRoundoff() {
    return Double.isNaN(unitRoundoff) ? OptionalDouble.empty() : OptionalDouble.of(unitRoundoff);
  }

  /** The profile with a given label. */
  public static Optional<NumericProfile> of(String label) {
    return Arrays.stream(values()).filter(profile -> profile.label.equals(label)).findFirst();
  }
}
