package touchstone.conformance.profile;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.kernels.Kernels;
import touchstone.llama.Checkpoint;

/**
 * How Transformers rounds when it runs a model in a 16-bit type, as a kernel set and a view of a
 * checkpoint. A model that is loaded from the view on the kernel set gives what Transformers gives,
 * but for sums that lie next to the middle of two numbers and fall to one or the other by the order of
 * their terms.
 *
 * @rules PROFILE-1
 */
public enum RoundingProfile {
  /** {@code torch_dtype=float16}. */
  HF_FP16("hf-fp16", HalfType.F16, NumericProfile.F16),
  /** {@code torch_dtype=bfloat16}. */
  HF_BF16("hf-bf16", HalfType.BF16, NumericProfile.BF16);

  private final String label;
  private final HalfType type;
  private final NumericProfile judgedAs;

  RoundingProfile(String label, HalfType type, NumericProfile judgedAs) {
    this.label = label;
    this.type = type;
    this.judgedAs = judgedAs;
  }

  /** The name on the command line. */
  public String label() {
    return label;
  }

  /** The type to which everything is rounded. */
  public HalfType type() {
    return type;
  }

  /** What a runtime that rounds like this declares. */
  public NumericProfile judgedAs() {
    return judgedAs;
  }

  /** The profile with a given label. */
  public static Optional<RoundingProfile> of(String label) {
    return Arrays.stream(values()).filter(profile -> profile.label.equals(label)).findFirst();
  }

  /**
   * A kernel set that rounds like Transformers.
   *
   * @param base computes between the roundings, in mode f32; closed with the returned set
   */
  public Kernels kernels(Kernels base) {
    return kernels(base, EnumSet.allOf(RoundingPoint.class));
  }

  /** As {@link #kernels(Kernels)}, but rounds only at some points: what the others are worth. */
  public Kernels kernels(Kernels base, Set<RoundingPoint> points) {
    return new RoundingKernels(this, base, new Rounder(type, points));
  }

  /** A view of a checkpoint whose weights are those that Transformers holds. */
  public Checkpoint checkpoint(Checkpoint stored) {
    return checkpoint(stored, EnumSet.allOf(RoundingPoint.class));
  }

  /** As {@link #checkpoint(Checkpoint)}, but rounds only at some points. */
  public Checkpoint checkpoint(Checkpoint stored, Set<RoundingPoint> points) {
    return new RoundedCheckpoint(stored, new Rounder(type, points));
  }
}
