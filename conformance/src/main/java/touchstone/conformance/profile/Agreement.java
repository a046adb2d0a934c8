package touchstone.conformance.profile;

import touchstone.tensor.Activations;
import touchstone.tensor.Tensor;

/**
 * How far values are from recorded ones in a 16-bit type. Recorded values that are not finite, such as
 * scores of unseen positions, are not counted.
 *
 * @param values number of values
 * @param equal how many are the recorded ones to the bit
 * @param near how many are, or are next to them
 * @param ulps largest number of steps of the type between a value and the recorded one
 */
public record Agreement(long values, long equal, long near, int ulps) {
  /** Of nothing. */
  public static final Agreement NONE = new Agreement(0, 0, 0, 0);

  /** Compares values with a recorded tensor in the type. */
  public static Agreement of(HalfType type, Tensor recorded, Activations found) {
    if (recorded.elements() != (long) found.rows() * found.columns()) {
      throw new IllegalArgumentException(
          "%s is %s, got [%d, %d]"
              .formatted(recorded.name(), recorded.shape(), found.rows(), found.columns()));
    }
    Agreement all = NONE;
    for (int i = 0; i < recorded.elements(); i++) {
      float expected = recorded.floatAt(i);
      if (Float.isFinite(expected)) {
        all = all.plus(of(type, expected, found.values()[found.offset() + i]));
      }
    }
    return all;
  }

  private static Agreement of(HalfType type, float expected, float found) {
    boolean equal = Float.floatToIntBits(expected) == Float.floatToIntBits(found);
    int steps = Math.abs(place(type.bits(expected)) - place(type.bits(found)));
    return new Agreement(1, equal ? 1 : 0, steps <= 1 ? 1 : 0, steps);
  }

  /** The numbers of the type in order; both zeros have one place. */
  private static int place(short bits) {
    return bits < 0 ? -(bits & Short.MAX_VALUE) : bits;
  }

  /** Of the values of both. */
  public Agreement plus(Agreement other) {
    return new Agreement(
        values + other.values, equal + other.equal, near + other.near, Math.max(ulps, other.ulps));
  }

  /** The part that is equal, from 0 to 1. */
  public double share() {
    return values == 0 ? 1 : (double) equal / values;
  }
}
