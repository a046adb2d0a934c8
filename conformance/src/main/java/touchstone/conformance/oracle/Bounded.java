package touchstone.conformance.oracle;

/**
 * Exact results and how far a correct fp32 computation may be from them. The bounds are theorems,
 * not fitted: what exceeds one is wrong.
 *
 * @param values the results, in double precision
 * @param bounds largest absolute error of each
 * @rules TOL-2
 */
public record Bounded(double[] values, double[] bounds) {
  public Bounded {
    if (values.length != bounds.length) {
      throw new IllegalArgumentException(
          "%d values, %d bounds".formatted(values.length, bounds.length));
    }
  }
}
