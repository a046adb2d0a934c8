package touchstone.kernels;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What this machine can do at most, measured a moment ago. Machines share their memory and their
 * clock with neighbours: only limits and speeds that were measured together can be compared.
 *
 * @param readBytesPerSecond how fast all threads together read memory that no cache holds
 * @param fmaFlopsPerSecond how fast all threads together compute fused multiply-adds of floats in
 *     registers; one counts as two operations
 * @param handOffNanos time to hand out work to all threads and to learn that it is done
 * @param vectorBits width of a vector
 */
public record MachineLimits(
    Rate readBytesPerSecond, Rate fmaFlopsPerSecond, double handOffNanos, int vectorBits) {
  /**
   * A speed, from several passes.
   *
   * @param median of all passes
   * @param best of all passes
   */
  public record Rate(double median, double best) {
    private static Rate of(List<Rate> measured) {
      return new Rate(
          middle(measured, Rate::median),
          measured.stream().mapToDouble(Rate::best).max().orElseThrow());
    }
  }

  /** Several measurements as one: the median of their medians and the best of all. */
  public static MachineLimits of(List<MachineLimits> measured) {
    return new MachineLimits(
        Rate.of(measured.stream().map(MachineLimits::readBytesPerSecond).toList()),
        Rate.of(measured.stream().map(MachineLimits::fmaFlopsPerSecond).toList()),
        middle(measured, MachineLimits::handOffNanos),
        measured.getFirst().vectorBits());
  }

  private static <T> double middle(List<T> measured, ToDoubleFunction<T> value) {
    double[] sorted = measured.stream().mapToDouble(value).sorted().toArray();
    return (sorted[sorted.length / 2] + sorted[(sorted.length - 1) / 2]) / 2;
  }
}
