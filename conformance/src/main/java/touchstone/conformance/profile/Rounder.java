package touchstone.conformance.profile;

import java.util.Set;
import touchstone.tensor.Activations;

/**
 * Rounds to a type at some points and leaves binary32 as it is at others.
 *
 * @param type what is rounded to
 * @param points where
 */
record Rounder(HalfType type, Set<RoundingPoint> points) {
  Rounder {
    points = Set.copyOf(points);
  }

  boolean rounds(RoundingPoint point) {
    return points.contains(point);
  }

  float round(RoundingPoint point, float value) {
    return rounds(point) ? type.round(value) : value;
  }

  /** All values, in place. */
  void round(RoundingPoint point, Activations values) {
    round(point, values.values(), values.offset(), values.rows() * values.columns());
  }

  /** {@code count} values from {@code start} on, in place. */
  void round(RoundingPoint point, float[] values, int start, int count) {
    if (rounds(point)) {
      for (int i = start; i < start + count; i++) {
        values[i] = type.round(values[i]);
      }
    }
  }
}
