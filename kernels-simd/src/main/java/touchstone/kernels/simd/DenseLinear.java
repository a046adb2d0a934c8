package touchstone.kernels.simd;

import java.util.Arrays;
import touchstone.kernels.Linear;
import touchstone.kernels.ThreadTeam;
import touchstone.tensor.Activations;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;

/**
 * The product with an unquantised matrix. Lanes are stripes. One row of x meets 16-bit weights on their
 * way to fp32; for more, rows of the weight are widened once for all rows of x, several at a time.
 */
final class DenseLinear implements Linear {
  /** Outputs that a thread takes at once. */
  private static final int SHARE = 64;

  private final DenseMatrix weight;
  private final ThreadTeam team;
  private final boolean finiteHalves;
  private final HalfDots[] dots; // [threads], each made when its thread first needs it
  private float[] scaled = {};

  DenseLinear(DenseMatrix weight, ThreadTeam team) {
    this.weight = weight;
    this.team = team;
    this.dots = new HalfDots[team.threads()];
    this.finiteHalves = weight.tensor().dtype() != DType.F32 && isFinite();
  }

  /** Whether no weight is infinite or NaN. */
  private boolean isFinite() {
    int infinity = weight.tensor().dtype() == DType.F16 ? 0x7c00 : 0x7f80;
    boolean[] finite = new boolean[team.threads()];
    Arrays.fill(finite, true);
    int columns = weight.columns();
    team.share(
        Math.ceilDiv(weight.rows(), SHARE),
        (member, share) -> {
          WidenedRows rows = new WidenedRows();
          for (int n = share * SHARE; n < Math.min(weight.rows(), (share + 1) * SHARE); n++) {
            finite[member] &= rows.isFinite(weight.tensor(), (long) n * columns, columns, infinity);
          }
        });
    for (boolean part : finite) {
      if (!part) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void apply(Activations x, Activations y) {
    boolean onTheWay = finiteHalves && x.rows() == 1 && isModerate(x);
    float[] single = onTheWay ? scale(x) : scaled; // [columns]
    team.share(
        Math.ceilDiv(weight.rows(), SHARE),
        (member, share) -> {
          int from = share * SHARE;
          int to = Math.min(weight.rows(), from + SHARE);
          int done = onTheWay ? halves(dots(member), single, y, from, to) : from;
          outputs(x, y, done, to);
        });
  }

  private static boolean isModerate(Activations x) {
    for (int i = 0; i < x.columns(); i++) {
      if (!(Math.abs(x.values()[x.start(0) + i]) < HalfDots.MOST)) {
        return false;
      }
    }
    return true;
  }

  private float[] scale(Activations x) {
    if (scaled.length < x.columns()) {
      scaled = new float[x.columns()];
    }
    float factor = HalfDots.scale(weight.tensor().dtype());
    for (int i = 0; i < x.columns(); i++) {
      scaled[i] = x.values()[x.start(0) + i] * factor;
    }
    return scaled;
  }

  private HalfDots dots(int member) {
    if (dots[member] == null) {
      dots[member] = new HalfDots(weight.tensor(), weight.columns());
    }
    return dots[member];
  }

  /** Computes as many outputs as go together, and returns the first that is left. */
  private static int halves(HalfDots dots, float[] x, Activations y, int from, int to) {
    int n = from;
    for (; n <= to - HalfDots.TOGETHER; n += HalfDots.TOGETHER) {
      dots.dots(x, n, y.values(), y.start(0) + n);
    }
    return n;
  }

  private void outputs(Activations x, Activations y, int from, int to) {
    if (from == to) {
      return;
    }
    int columns = weight.columns();
    float[] w = new float[Stripes.TOGETHER * columns]; // [outputs together, columns]
    WidenedRows rows = new WidenedRows();
    Stripes stripes = new Stripes();
    int n = from;
    for (; n <= to - Stripes.TOGETHER; n += Stripes.TOGETHER) {
      rows.copy(weight.tensor(), (long) n * columns, w, Stripes.TOGETHER * columns);
      int row = 0;
      for (; row <= x.rows() - Stripes.TOGETHER; row += Stripes.TOGETHER) {
        stripes.square(x, row, w, columns, y, n);
      }
      for (; row < x.rows(); row++) {
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
