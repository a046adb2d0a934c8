package touchstone.evaluate;

import java.util.Arrays;

/**
 * One number per predicted token, in the order of the text, and what a sample tells.
 *
 * <pre>
 * mean = (x[0] + x[1] + ...) / n      standard error = sqrt(((x[0] - mean)^2 + ...) / (n (n - 1)))
 * </pre>
 *
 * The standard error takes tokens for independent, which neighbours in a text are not; it is what
 * other tools print, and too small.
 *
 * @source llama.cpp's perplexity tool, whose formulas in other terms these are
 * @numerics double, terms in order
 * @rules PPL-6
 */
public final class Samples {
  private double[] values = new double[1024];
  private int count;
  private double sum;

  Samples() {}

  /** Adds a number. */
  void add(double value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = value;
    sum += value;
  }

  /** How many numbers there are. */
  public int count() {
    return count;
  }

  /** Number {@code i}. */
  public double get(int i) {
    return values[i];
  }

  /** Their sum. */
  public double sum() {
    return sum;
  }

  /** Their mean; NaN if there are none. */
  public double mean() {
    return sum / count;
  }

  /** The standard error of the mean; NaN for fewer than two numbers. */
  public double standardError() {
    double mean = mean();
    double squares = 0;
    for (int i = 0; i < count; i++) {
      squares += (values[i] - mean) * (values[i] - mean);
    }
    return Math.sqrt(squares / ((double) count * (count - 1)));
  }

  /** The number that a share of all numbers does not exceed, between two of them interpolated. */
  public double quantile(double share) {
    return quantiles(share)[0];
  }

  /** Several quantiles, for one sorting. */
  public double[] quantiles(double... shares) {
    double[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    return Arrays.stream(shares).map(share -> interpolate(sorted, share)).toArray();
  }

  private static double interpolate(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    double part = place - below;
    return (1 - part) * sorted[below] + part * sorted[above];
  }
}
