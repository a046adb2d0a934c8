package touchstone.quantize;

import touchstone.kernels.Kernels;
import touchstone.kernels.ThreadTeam;

/**
 * Rounds weights one input after another and passes the error of each on to the inputs after it.
 *
 * <pre>
 * e = (w[i] - q[i]) / U[i, i]        w[j] = w[j] - e * U[i, j]    for j from i on
 * </pre>
 *
 * Errors are passed on at once inside a block of {@value #BLOCK} inputs, and to all inputs after the
 * block when it is finished: {@code W[:, behind] -= E U[block, behind]}.
 *
 * @source Frantar et al. 2022, algorithm 1; AutoGPTQ v0.4.2 gptq.py, fasterquant
 * @shapes W [outputs, inputs in order of work], U [inputs, inputs]
 * @numerics fp32; inside a block a product and a subtraction, each rounded; behind it one dot product in
 *     the order of {@link Kernels#linear} and a subtraction
 * @deviation none
 * @rules QUANT-7 QUANT-8
 */
final class ErrorFeedback {
  static final int BLOCK = 128;

  /** Outputs of one product behind a block: their weights stay in the cache. */
  private static final int AT_ONCE = 256;

  /** Takes what is found: the code of one weight, the place counted in order of work. */
  @FunctionalInterface
  interface Codes {
    void put(int output, int place, int code);
  }

  private final Matrix weights;
  private final Matrix factor; // UT
  private final WorkGroups groups;
  private final Grids grids;
  private final Codes codes;
  private final Kernels kernels;
  private final ThreadTeam team;
  private final double[] loss; // [outputs]

  /**
   * Feedback over weights that are overwritten.
   *
   * @param weights inputs in order of work
   * @param factor UT
   */
  ErrorFeedback(
      Matrix weights,
      Matrix factor,
      WorkGroups groups,
      Grids grids,
      Codes codes,
      Kernels kernels,
      ThreadTeam team) {
    this.weights = weights;
    this.factor = factor;
    this.groups = groups;
    this.grids = grids;
    this.codes = codes;
    this.kernels = kernels;
    this.team = team;
    this.loss = new double[weights.rows()];
  }

  /** Quantises all inputs, and returns half the sum of all {@code e^2}. */
  double run() {
    for (int from = 0; from < weights.columns(); from += BLOCK) {
      int to = Math.min(weights.columns(), from + BLOCK);
      Matrix errors = quantise(from, to);
      passOn(errors, from, to);
    }
    double sum = 0;
    for (double ofOutput : loss) {
      sum += ofOutput;
    }
    return sum / 2;
  }

  /** Quantises a block; the errors are [outputs, inputs of the block]. */
  private Matrix quantise(int from, int to) {
    Matrix upper = upper(from, to);
    Matrix errors = Matrix.zeros(weights.rows(), to - from);
    team.split(
        weights.rows(),
        (first, end) -> {
          float[] row = new float[to - from]; // weights of the block with all its feedback
          for (int output = first; output < end; output++) {
            System.arraycopy(weights.values(), weights.index(output, from), row, 0, row.length);
            quantise(output, from, row, upper, errors);
          }
        });
    return errors;
  }

  /** {@code U[block, block]}, a row for each input. */
  private Matrix upper(int from, int to) {
    Matrix upper = Matrix.zeros(to - from, to - from);
    for (int i = 0; i < upper.rows(); i++) {
      for (int j = i; j < upper.rows(); j++) {
        upper.values()[upper.index(i, j)] = factor.at(from + j, from + i);
      }
    }
    return upper;
  }

  /** One output. A grid that is due is fitted to weights without the feedback of this block. */
  private void quantise(int output, int from, float[] row, Matrix upper, Matrix errors) {
    for (int i = 0; i < row.length; i++) {
      int group = groups.of(from + i);
      if (groups.findsGridAt(from + i)) {
        grids.find(group, output, weights, from + i, groups.size());
      }
      Grid grid = grids.at(group, output);
      int code = grid.code(row[i]);
      codes.put(output, from + i, code);
      float error = (row[i] - grid.value(code)) / upper.at(i, i);
      errors.values()[errors.index(output, i)] = error;
      loss[output] += (double) error * error;
      Matrix.subtract(error, upper.values(), upper.index(i, i), row, i, row.length - i);
    }
  }

  /** {@code W[:, behind] -= E U[block, behind]}. */
  private void passOn(Matrix errors, int from, int to) {
    int behind = weights.columns() - to;
    if (behind == 0) {
      return;
    }
    Matrix passed = factor.block(to, weights.columns(), from, to, team); // [behind, block]
    for (int row = 0; row < weights.rows(); row += AT_ONCE) {
      int first = row;
      int end = Math.min(weights.rows(), row + AT_ONCE);
      Matrix products = errors.rows(first, end).timesTransposed(passed, kernels);
      team.split(
          end - first,
          (begin, stop) -> {
            for (int r = begin; r < stop; r++) {
              int at = weights.index(first + r, to);
              Matrix.subtract(
                  1, products.values(), products.index(r, 0), weights.values(), at, behind);
            }
          });
    }
  }
}
