package touchstone.quantize;

import java.util.Arrays;
import touchstone.gptq.GptqConfig;

/**
 * Optimal brain quantisation in a fixed order, the slow way and in double: after every input, the
 * inverse of the Hessian of those that are left is computed from nothing (Frantar et al. 2022, eq. 2
 * and 3). It shares no code with the solver, nor its grids.
 */
final class ObqOracle {
  /** Inputs after which group grids see what was passed on (AutoGPTQ v0.4.2). */
  private static final int BLOCK = 128;

  final int[][] codes; // [outputs, inputs], natural order
  final double[][] margins; // [outputs, inputs]: distance to the nearest tie, in steps
  final double[][] scales; // [outputs, groups]
  final int[][] zeros; // [outputs, groups]
  final int[] order;

  private final QuantiserSettings settings;
  private final int groupSize;

  ObqOracle(double[][] weights, Hessian hessian, QuantiserSettings settings) {
    int outputs = weights.length;
    int inputs = weights[0].length;
    this.settings = settings;
    groupSize = settings.groupSize() == GptqConfig.NO_GROUPS ? inputs : settings.groupSize();
    codes = new int[outputs][inputs];
    margins = new double[outputs][inputs];
    scales = new double[outputs][(inputs + groupSize - 1) / groupSize];
    zeros = new int[outputs][scales[0].length];
    order = order(hessian);
    run(weights, hessian);
  }

  private int[] order(Hessian hessian) {
    Integer[] inputs = new Integer[hessian.columns()];
    Arrays.setAll(inputs, i -> i);
    if (settings.actOrder()) {
      Arrays.sort(inputs, (a, b) -> Float.compare(diagonal(hessian, b), diagonal(hessian, a)));
    }
    return Arrays.stream(inputs).mapToInt(Integer::intValue).toArray();
  }

  private static float diagonal(Hessian hessian, int input) {
    return hessian.at(input, input) == 0 ? 1 : hessian.at(input, input);
  }

  private void run(double[][] original, Hessian hessian) {
    int inputs = order.length;
    boolean early = settings.groupSize() == GptqConfig.NO_GROUPS;
    double[][] weights = new double[original.length][];
    for (int output = 0; output < weights.length; output++) {
      if (early) {
        fit(output, 0, original[output], 0, inputs);
      }
      double[] alive = original[output].clone();
      for (int input = 0; input < inputs; input++) {
        alive[input] = hessian.at(input, input) == 0 ? 0 : alive[input];
      }
      for (int from = 0; settings.staticGroups() && !early && from < inputs; from += groupSize) {
        fit(output, from / groupSize, alive, from, groupSize);
      }
      weights[output] = Arrays.stream(order).mapToDouble(input -> alive[input]).toArray();
    }
    double[][] damped = Layers.dampedHessian(hessian, settings.damp());
    double[][] seen = null;
    for (int place = 0; place < inputs; place++) {
      if (place % BLOCK == 0) {
        seen = Arrays.stream(weights).map(double[]::clone).toArray(double[][]::new);
      }
      double[][] inverse = inverse(remaining(damped, place));
      for (int output = 0; output < weights.length; output++) {
        int group = (settings.staticGroups() ? order[place] : place) / groupSize;
        if (!early && !settings.staticGroups() && place % groupSize == 0) {
          fit(output, group, seen[output], place, groupSize);
        }
        quantise(output, place, group, weights[output], inverse);
      }
    }
  }

  private double[][] remaining(double[][] damped, int place) {
    int left = order.length - place;
    double[][] remaining = new double[left][left];
    for (int i = 0; i < left; i++) {
      for (int j = 0; j < left; j++) {
        remaining[i][j] = damped[order[place + i]][order[place + j]];
      }
    }
    return remaining;
  }

  private void quantise(int output, int place, int group, double[] row, double[][] inverse) {
    double scale = scales[output][group];
    double code = Math.rint(row[place] / scale) + zeros[output][group];
    double most = Math.scalb(1.0, settings.bits()) - 1;
    double clamped = Math.max(0, Math.min(most, code));
    double steps = row[place] / scale + zeros[output][group];
    double tie = Math.max(0.5, Math.min(most - 0.5, Math.floor(steps) + 0.5));
    codes[output][order[place]] = (int) clamped;
    margins[output][order[place]] = Math.abs(steps - tie);
    double error = row[place] - scale * (clamped - zeros[output][group]);
    for (int j = 0; j < inverse.length; j++) {
      row[place + j] -= error / inverse[0][0] * inverse[0][j];
    }
  }

  private void fit(int output, int group, double[] row, int from, int count) {
    double least = 0;
    double most = 0;
    for (int i = from; i < Math.min(row.length, from + count); i++) {
      least = Math.min(least, row[i]);
      most = Math.max(most, row[i]);
    }
    double steps = Math.scalb(1.0, settings.bits()) - 1;
    if (settings.symmetric()) {
      most = Math.max(-least, most);
      least = least < 0 ? -most : 0;
    }
    if (least == 0 && most == 0) {
      least = -1;
      most = 1;
    }
    scales[output][group] = (most - least) / steps;
    zeros[output][group] =
        settings.symmetric()
            ? 1 << (settings.bits() - 1)
            : (int) Math.rint(-least / scales[output][group]);
  }

  /** Gauss and Jordan; no pivoting, since the matrix is positive definite. */
  static double[][] inverse(double[][] matrix) {
    int n = matrix.length;
    double[][] a = new double[n][2 * n];
    for (int i = 0; i < n; i++) {
      System.arraycopy(matrix[i], 0, a[i], 0, n);
      a[i][n + i] = 1;
    }
    for (int p = 0; p < n; p++) {
      double pivot = a[p][p];
      for (int j = p; j <= n + p; j++) {
        a[p][j] /= pivot;
      }
      for (int i = 0; i < n; i++) {
        double factor = a[i][p];
        if (i != p && factor != 0) {
          for (int j = p; j <= n + p; j++) {
            a[i][j] -= factor * a[p][j];
          }
        }
      }
    }
    double[][] inverse = new double[n][];
    for (int i = 0; i < n; i++) {
      inverse[i] = Arrays.copyOfRange(a[i], n, 2 * n);
    }
    return inverse;
  }
}
