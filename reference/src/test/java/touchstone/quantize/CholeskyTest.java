package touchstone.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.kernels.ThreadTeam;

@Tag("QUANT-6")
class CholeskyTest {
  private static final int[] SIZES = {1, 2, 31, 127, 128, 129, 256, 300, 700};

  /** Well conditioned: G GT / n + I. */
  private static double[][] positiveDefinite(int n) {
    float[] g = Layers.gaussian(n * n, n);
    double[][] a = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = i == j ? n : 0;
        for (int k = 0; k < n; k++) {
          sum += (double) g[i * n + k] * g[j * n + k];
        }
        a[i][j] = (float) (sum / n);
        a[j][i] = a[i][j];
      }
    }
    return a;
  }

  /** The lower triangle; above it something that must not be read. */
  private static Matrix lower(double[][] a) {
    Matrix lower = Matrix.zeros(a.length, a.length);
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a.length; j++) {
        lower.values()[lower.index(i, j)] = j <= i ? (float) a[i][j] : Float.NaN;
      }
    }
    return lower;
  }

  @Test
  void factorTimesItsTransposeIsTheMatrix() {
    for (int n : SIZES) {
      double[][] a = positiveDefinite(n);
      Matrix l = lower(a);
      try (ThreadTeam team = new ThreadTeam("test", 3)) {
        assertThat(new Cholesky(l, new PlainKernels(1), team).factor()).isTrue();
      }
      for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
          double sum = 0;
          for (int k = 0; k <= j; k++) {
            sum += (double) l.at(i, k) * l.at(j, k);
          }
          // Higham, Accuracy and Stability, theorem 10.3: gamma(n + 1) * |L||LT|, and |L||LT| <=
          // diagonal
          double bound = (n + 2) * 0x1p-24 * Math.sqrt(a[i][i] * a[j][j]);
          assertThat(Math.abs(sum - a[i][j])).isLessThanOrEqualTo(bound);
        }
      }
    }
  }

  @Test
  void inverseTimesFactorIsOne() {
    for (int n : SIZES) {
      Matrix a = lower(positiveDefinite(n));
      Matrix l;
      try (ThreadTeam team = new ThreadTeam("test", 3)) {
        Cholesky cholesky = new Cholesky(a, new PlainKernels(1), team);
        cholesky.factor();
        l = a.rows(0, n);
        cholesky.invert();
      }
      for (int column = 0; column < n; column++) {
        for (int i = column; i < n; i++) {
          double sum = 0;
          double gauge = 0;
          for (int k = column; k <= i; k++) {
            double term = (double) l.at(i, k) * a.at(column, k); // L[i, k] M[k, column]
            sum += term;
            gauge += Math.abs(term);
          }
          // Higham, 14.2: L M - I is within gamma(n) * |L||M|
          double bound = (n + 2) * 0x1p-24 * gauge;
          assertThat(Math.abs(sum - (i == column ? 1 : 0))).isLessThanOrEqualTo(bound);
        }
      }
    }
  }

  @Test
  void matrixThatIsNotPositiveDefiniteIsToldAtAnyBlock() {
    for (int at : new int[] {0, 1, 127, 128, 299}) {
      double[][] a = positiveDefinite(300);
      a[at][at] = -1;
      try (ThreadTeam team = new ThreadTeam("test", 1)) {
        assertThat(new Cholesky(lower(a), new PlainKernels(1), team).factor()).isFalse();
      }
      a[at][at] = Double.NaN;
      try (ThreadTeam team = new ThreadTeam("test", 1)) {
        assertThat(new Cholesky(lower(a), new PlainKernels(1), team).factor()).isFalse();
      }
    }
  }
}
