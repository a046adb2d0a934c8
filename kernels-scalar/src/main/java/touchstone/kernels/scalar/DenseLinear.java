package touchstone.kernels.scalar;

import touchstone.kernels.Linear;
import touchstone.kernels.ThreadTeam;
import touchstone.tensor.Activations;
import touchstone.tensor.DenseMatrix;

/**
 * The product with an unquantised matrix.
 *
 * <pre>
 * y[r, n] = x[r] . W[n]
 * </pre>
 *
 * @shapes x [tokens, columns], W [rows, columns], y [tokens, rows]
 * @numerics weights widen exactly to fp32; dot products in {@link Stripes}
 * @deviation none
 * @rules LINEAR-1
 */
record DenseLinear(DenseMatrix weight, ThreadTeam team) implements Linear {
  @Override
  public void apply(Activations x, Activations y) {
    team.split(weight.rows(), (from, to) -> outputs(x, y, from, to));
  }

  private void outputs(Activations x, Activations y, int from, int to) {
    int columns = weight.columns();
    float[] w = new float[columns]; // [columns]
    for (int n = from; n < to; n++) {
      weight.copyRow(n, w, 0);
      for (int row = 0; row < x.rows(); row++) {
        y.values()[y.start(row) + n] = Stripes.dot(x.values(), x.start(row), w, 0, columns);
      }
    }
  }
}
