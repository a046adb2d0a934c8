package touchstone.quantize;

/**
 * The grid that fits a run of weights, from their range and the value 0.
 *
 * <pre>
 * min = min(0, weights)   max = max(0, weights)   scale = (max - min) / maxCode   zero = rint(-min / scale)
 * </pre>
 *
 * Symmetric: {@code max = max(-min, max)}, {@code min = -max} if there is a weight below 0, {@code
 * zero = 2^(bits-1)}. A symmetric run without weights below 0 thus has half the scale and a zero point
 * in the middle, and its larger weights are cut off.
 *
 * @source AutoGPTQ v0.4.2 quantizer.py, find_params
 * @numerics fp32; powers of the search for least error are StrictMath's and their sum is in double
 * @deviation where zero points are stored less one, a zero point of 0 becomes 1, and the scale {@code
 *     max / (maxCode - 1)} so that the largest weight keeps a code; AutoGPTQ writes 0 - 1 over the
 *     neighbours (decision 0013). A range so small that its scale is 0 counts as empty
 * @rules QUANT-2 QUANT-3 QUANT-10
 */
final class GridSearch {
  private static final int SHRINKS = 80;
  private static final double SHRINK = 100;
  private static final double NORM = 2.4;

  private final QuantiserSettings settings;

  GridSearch(QuantiserSettings settings) {
    this.settings = settings;
  }

  /** The grid of {@code count} weights from {@code from} on. */
  Grid find(float[] weights, int from, int count) {
    float min = 0;
    float max = 0;
    for (int i = from; i < from + count; i++) {
      min = Math.min(min, weights[i]);
      max = Math.max(max, weights[i]);
    }
    if (settings.symmetric()) {
      max = Math.max(-min, max);
      min = min < 0 ? -max : min;
    }
    if ((max - min) / settings.maxCode() == 0) {
      min = -1;
      max = 1;
    }
    return settings.meanSquaredError()
        ? leastError(weights, from, count, min, max)
        : cover(min, max);
  }

  /** The grid from {@code min} to {@code max}. */
  private Grid cover(float min, float max) {
    int maxCode = settings.maxCode();
    float scale = (max - min) / maxCode;
    if (settings.symmetric()) {
      return new Grid(scale, (maxCode + 1) / 2, maxCode);
    }
    int zero = (int) Math.rint(-min / scale);
    int least = settings.zeroPoints().offset();
    return zero < least
        ? new Grid(max / (maxCode - least), least, maxCode)
        : new Grid(scale, zero, maxCode);
  }

  /** Of ranges shrunk to between all and a fifth, the first whose grid errs least. */
  private Grid leastError(float[] weights, int from, int count, float min, float max) {
    Grid best = cover(min, max);
    double least = error(best, weights, from, count);
    for (int i = 1; i < SHRINKS; i++) {
      float part = (float) (1 - i / SHRINK);
      Grid grid = cover(part * min, part * max);
      double error = grid.scale() > 0 ? error(grid, weights, from, count) : least;
      if (error < least) {
        least = error;
        best = grid;
      }
    }
    return best;
  }

  private static double error(Grid grid, float[] weights, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      float difference = grid.value(grid.code(weights[i])) - weights[i];
      sum += StrictMath.pow(Math.abs(difference), NORM);
    }
    return sum;
  }
}
