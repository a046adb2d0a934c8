package touchstone.conformance.mutant;

/** Small dense algebra in double, as books have it. */
final class Triangles {
  private Triangles() {}

  /** Lower triangular L with {@code a = L LT}. */
  static double[][] cholesky(double[][] a) {
    int n = a.length;
    double[][] lower = new double[n][n];
    for (int row = 0; row < n; row++) {
      for (int column = 0; column <= row; column++) {
        double sum = a[row][column];
        for (int k = 0; k < column; k++) {
          sum -= lower[row][k] * lower[column][k];
        }
        lower[row][column] = row == column ? Math.sqrt(sum) : sum / lower[column][column];
      }
    }
    return lower;
  }

  /** The inverse of a lower triangular matrix. */
  static double[][] inverted(double[][] lower) {
    int n = lower.length;
    double[][] inverse = new double[n][n];
    for (int row = 0; row < n; row++) {
      for (int column = 0; column <= row; column++) {
        double sum = row == column ? 1 : 0;
        for (int k = column; k < row; k++) {
          sum -= lower[row][k] * inverse[k][column];
        }
        inverse[row][column] = sum / lower[row][row];
      }
    }
    return inverse;
  }

  /** The inverse of a symmetric positive definite matrix. */
  static double[][] inverse(double[][] a) {
    return gram(inverted(cholesky(a)));
  }

  /** {@code mT m} of a lower triangular matrix. */
  private static double[][] gram(double[][] m) {
    int n = m.length;
    double[][] product = new double[n][n];
    for (int k = 0; k < n; k++) {
      for (int row = 0; row <= k; row++) {
        for (int column = 0; column <= k; column++) {
          product[row][column] += m[k][row] * m[k][column];
        }
      }
    }
    return product;
  }

  static double[][] transposed(double[][] a) {
    double[][] t = new double[a.length][a.length];
    for (int row = 0; row < a.length; row++) {
      for (int column = 0; column < a.length; column++) {
        t[column][row] = a[row][column];
      }
    }
    return t;
  }
}
