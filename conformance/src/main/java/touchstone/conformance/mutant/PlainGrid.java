package touchstone.conformance.mutant;

import java.util.stream.DoubleStream;
import touchstone.quantize.QuantiserSettings;

/** The values that codes stand for, in double. */
record PlainGrid(double scale, int zero, int maxCode, QuantiserSteps steps) {
  private static final int SHRINKS = 80;
  private static final double SHRINK = 100;
  private static final double NORM = 2.4;

  int code(double weight) {
    double code = steps.round(weight / scale) + zero;
    return (int) Math.min(Math.max(code, 0), maxCode);
  }

  double value(int code) {
    return scale * (code - zero);
  }

  /** The grid of some weights. */
  static PlainGrid find(DoubleStream of, QuantiserSteps steps, QuantiserSettings settings) {
    double[] weights = of.toArray();
    double min = Math.min(0, DoubleStream.of(weights).min().orElse(0));
    double max = Math.max(0, DoubleStream.of(weights).max().orElse(0));
    if (settings.symmetric()) {
      max = Math.max(-min, max);
      min = steps.least(min, max);
    }
    if (min == max) {
      min = -1;
      max = 1;
    }
    PlainGrid best = cover(min, max, steps, settings);
    double least = best.error(weights);
    for (int i = 1; settings.meanSquaredError() && i < SHRINKS; i++) {
      double part = 1 - i / SHRINK;
      PlainGrid grid = cover(part * min, part * max, steps, settings);
      double error = grid.error(weights);
      if (error < least) {
        best = grid;
        least = error;
      }
    }
    return best;
  }

  private static PlainGrid cover(
      double min, double max, QuantiserSteps steps, QuantiserSettings settings) {
    double scale = steps.scale(min, max, settings);
    int maxCode = settings.maxCode();
    int zero = settings.symmetric() ? (maxCode + 1) / 2 : (int) Math.rint(-min / scale);
    return new PlainGrid(scale, zero, maxCode, steps);
  }

  private double error(double[] weights) {
    double sum = 0;
    for (double weight : weights) {
      sum += Math.pow(Math.abs(value(code(weight)) - weight), NORM);
    }
    return sum;
  }
}
