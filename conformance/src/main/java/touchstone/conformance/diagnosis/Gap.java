package touchstone.conformance.diagnosis;

/**
 * How far two answers are apart.
 *
 * @param square of their distance; of numbers, in bounds of the profile, of anything else, the share
 *     that differs. 0 if they are as near as rounding may bring them
 * @param raw the same, with what rounding may do counted
 * @param absolute the largest difference of two numbers; infinite if only one of them is finite
 * @param exact whether what was compared has no rounding
 */
record Gap(double square, double raw, double absolute, boolean exact) {
  static final Gap NONE = new Gap(0, 0, 0, false);

  /** Between what has no rounding. */
  static Gap share(double differing) {
    return new Gap(differing, differing, 0, true);
  }

  /** Whether rounding explains it. */
  boolean isNone() {
    return square == 0;
  }
}
