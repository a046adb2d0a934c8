package touchstone.kernels.simd;

import touchstone.kernels.Linear;
import touchstone.kernels.ThreadTeam;
import touchstone.tensor.Activations;
import touchstone.tensor.DenseMatrix;

/**
 * The product with an unquantised matrix. Lanes are stripes. Rows of the weight are widened to fp32
 * once for all rows of x, several at a time.
 */
record DenseLinear(DenseMatrix weight, ThreadTeam team) implements Linear {
  @Override
  public void apply(Activations x, Activations y) {
    team.split(weight.rows(), (from, to) -> outputs(x, y, from, to));
  }

  private void outputs(Activations x, Activations y, int from, int to) {
    int columns = weight.columns();
    float[] w = new float[Stripes.TOGETHER * columns]; // [outputs together, columns]
    WidenedRows rows = new WidenedRows();
    Stripes stripes = new Stripes();
    int n = from;
    for (; n <= to - Stripes.TOGETHER; n += Stripes.TOGETHER) {
      rows.copy(weight.tensor(), (long) n * columns, w, Stripes.TOGETHER * columns);
      for (int row = 0; row < x.rows(); row++) {
        stripes.dots(x.values(), x.start(row), w, 0, columns, y.values(), y.start(row) + n);
      }
    }
    for (; n < to; n++) {
      rows.copy(weight.tensor(), (long) n * columns, w, columns);
      for (int row = 0; row < x.rows(); row++) {
        y.values()[y.start(row) + n] = stripes.dot(x.values(), x.start(row), w, 0, columns);
      }
    }
  }
}
