package touchstone.quantize;

import java.util.Optional;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.kernels.Kernels;
import touchstone.kernels.ThreadTeam;

/**
 * The triangle that says how the error of an input is passed on to those after it.
 *
 * <pre>
 * (H + damp * mean(diag H) * I)^-1 = UT U        U upper triangular, inputs in the order of work
 * </pre>
 *
 * Counted backwards, the damped Hessian is {@code L LT}; U is the inverse of L, counted forwards.
 *
 * @source Frantar et al. 2022, section 3.3, steps 2 and 3; AutoGPTQ v0.4.2 gptq.py, fasterquant
 * @shapes H, U [inputs, inputs]
 * @numerics the mean is a sum in double, rounded once; all else fp32
 * @deviation AutoGPTQ factors H, inverts it and factors the inverse. The matrix is the same, by the
 *     uniqueness of Cholesky's factor; this way takes half the work (decision 0013)
 * @rules QUANT-5 QUANT-6
 */
final class InverseFactor {
  private final Hessian hessian;
  private final float[] diagonal; // [inputs], dead inputs replaced
  private final int[] order; // [inputs]
  private final Kernels kernels;
  private final ThreadTeam team;

  InverseFactor(Hessian hessian, float[] diagonal, int[] order, Kernels kernels, ThreadTeam team) {
    this.hessian = hessian;
    this.diagonal = diagonal;
    this.order = order;
    this.kernels = kernels;
    this.team = team;
  }

  /** {@code UT}, on and below the diagonal; what stands above is of no meaning. */
  Matrix transposed(double damp) {
    return tried(damp).orElseThrow(() -> tooLittle(damp));
  }

  private Optional<Matrix> tried(double damp) {
    Matrix a = damped(damp);
    Cholesky cholesky = new Cholesky(a, kernels, team);
    if (!cholesky.factor()) {
      return Optional.empty();
    }
    cholesky.invert();
    reverse(a.values());
    return Optional.of(a);
  }

  /** The damped Hessian with inputs in reverse order of work, on and below the diagonal. */
  private Matrix damped(double damp) {
    int n = order.length;
    float added = (float) damp * mean();
    Matrix a = Matrix.zeros(n, n);
    team.split(
        n,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            int input = order[n - 1 - row];
            for (int column = 0; column < row; column++) {
              a.values()[a.index(row, column)] = hessian.at(input, order[n - 1 - column]);
            }
            a.values()[a.index(row, row)] = diagonal[input] + added;
          }
        });
    return a;
  }

  private float mean() {
    double sum = 0;
    for (float value : diagonal) {
      sum += value;
    }
    return (float) (sum / diagonal.length);
  }

  /** Turns a square matrix by half a turn: row and column i become n - 1 - i. */
  private static void reverse(float[] values) {
    for (int i = 0, j = values.length - 1; i < j; i++, j--) {
      float kept = values[i];
      values[i] = values[j];
      values[j] = kept;
    }
  }

  private TouchstoneException tooLittle(double damp) {
    double enough = 2 * damp;
    while (enough < 1 && tried(enough).isEmpty()) {
      enough *= 2;
    }
    return TouchstoneException.of(
        Fault.CONFIG,
        hessian.module(),
        "the Hessian is not positive definite with damp " + damp,
        enough < 1 ? "damp %s is enough".formatted(enough) : "calibrate with other texts");
  }
}
