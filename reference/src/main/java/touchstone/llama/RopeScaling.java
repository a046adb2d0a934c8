package touchstone.llama;

/** How the rotary embedding is stretched beyond the trained context. */
public sealed interface RopeScaling {
  /** As trained. */
  record None() implements RopeScaling {}

  /**
   * Position interpolation: every position is divided by the factor.
   *
   * @param factor at least 1
   */
  record Linear(double factor) implements RopeScaling {
    public Linear {
      requireFactor(factor);
    }
  }

  /**
   * Dynamic NTK: beyond the trained length the base grows with the length of the sequence.
   *
   * @param factor at least 1
   * @param trainedPositions length up to which nothing changes
   */
  record Dynamic(double factor, int trainedPositions) implements RopeScaling {
    public Dynamic {
      requireFactor(factor);
    }
  }

  private static void requireFactor(double factor) {
    if (!(factor >= 1) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException("a rope scaling factor is finite and >= 1, got " + factor);
    }
  }
}
