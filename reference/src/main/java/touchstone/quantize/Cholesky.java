package touchstone.quantize;

import java.util.Arrays;
import touchstone.kernels.Kernels;
import touchstone.kernels.ThreadTeam;

/**
 * Cholesky's factor of a symmetric matrix, and its inverse.
 *
 * <pre>
 * A = L LT        M = L^-1        L, M lower triangular
 * </pre>
 *
 * Blocks of {@value #BLOCK} rows or columns; all that earlier blocks do to one is a matrix product.
 *
 * @source Golub and Van Loan, Matrix Computations, 4.2.9 (block dot product Cholesky)
 * @shapes A, L, M [n, n]
 * @numerics fp32; inside a block terms are subtracted one by one, two roundings each; what comes from
 *     earlier blocks is one dot product in the order of {@link Kernels#linear}
 * @deviation none
 * @rules QUANT-6
 */
final class Cholesky {
  static final int BLOCK = 128;

  /** Outputs of one product: enough for all threads. */
  private static final int AT_ONCE = 512;

  private final Matrix a;
  private final int n;
  private final Kernels kernels;
  private final ThreadTeam team;

  /**
   * Of a matrix that is overwritten.
   *
   * @param a only elements on and below the diagonal are read
   */
  Cholesky(Matrix a, Kernels kernels, ThreadTeam team) {
    this.a = a;
    this.n = a.rows();
    this.kernels = kernels;
    this.team = team;
  }

  /** Replaces the lower triangle of A by L; false, with A lost, if A is not positive definite. */
  boolean factor() {
    for (int from = 0; from < n; from += BLOCK) {
      int to = Math.min(n, from + BLOCK);
      subtractEarlier(from, to);
      Matrix triangle = Matrix.zeros(to - from, to - from); // LT of the diagonal block
      if (!factorDiagonal(from, triangle)) {
        return false;
      }
      int block = from;
      team.split(n - to, (first, end) -> solve(to + first, to + end, block, triangle));
    }
    return true;
  }

  /** {@code A[j.., J] -= L[j.., ..J] * L[J, ..J]T} for the block J of columns. */
  private void subtractEarlier(int from, int to) {
    if (from == 0) {
      return;
    }
    Matrix own = a.block(from, to, 0, from, team); // [block, earlier]
    for (int row = from; row < n; row += AT_ONCE) {
      int first = row;
      int end = Math.min(n, row + AT_ONCE);
      Matrix products = own.timesTransposed(a.block(first, end, 0, from, team), kernels);
      team.split(
          end - first,
          (begin, stop) -> {
            for (int r = begin; r < stop; r++) {
              for (int c = 0; c < products.rows(); c++) {
                a.values()[a.index(first + r, from + c)] -= products.at(c, r);
              }
            }
          });
    }
  }

  /** Factors the block on the diagonal row by row, and writes it transposed as well. */
  private boolean factorDiagonal(int from, Matrix triangle) {
    for (int r = 0; r < triangle.rows(); r++) {
      int row = a.index(from + r, from);
      substitute(a.values(), row, triangle, 0, r);
      float pivot = a.values()[row + r];
      for (int c = 0; c < r; c++) {
        float l = a.values()[row + c];
        pivot -= l * l;
        triangle.values()[triangle.index(c, r)] = l;
      }
      if (!(pivot > 0 && Float.isFinite(pivot))) {
        return false;
      }
      a.values()[row + r] = (float) Math.sqrt(pivot);
      triangle.values()[triangle.index(r, r)] = a.values()[row + r];
    }
    return true;
  }

  /** Rows below a diagonal block, or of the inverse: each is divided by the triangle. */
  private void solve(int first, int end, int from, Matrix triangle) {
    for (int row = first; row < end; row++) {
      substitute(a.values(), a.index(row, from), triangle, 0, triangle.rows());
    }
  }

  /** Solves {@code x * triangle = b} in place, for {@code count} elements; those before skip are 0. */
  private static void substitute(float[] b, int start, Matrix triangle, int skip, int count) {
    for (int c = skip; c < count; c++) {
      float x = b[start + c] / triangle.at(c, c);
      b[start + c] = x;
      int behind = c + 1;
      Matrix.subtract(
          x, triangle.values(), triangle.index(c, behind), b, start + behind, count - behind);
    }
  }

  /** Replaces the upper triangle of A by {@code MT}, whose row c is column c of M; L is lost. */
  void invert() {
    for (int from = 0; from < n; from += BLOCK) {
      int to = Math.min(n, from + BLOCK);
      Matrix triangle = triangle(from, to);
      for (int column = 0; column < from; column += AT_ONCE) {
        invertBelow(column, Math.min(from, column + AT_ONCE), from, to, triangle);
      }
      for (int r = 0; r < triangle.rows(); r++) {
        int start = a.index(from + r, from);
        a.values()[start + r] = 1;
        for (int c = r + 1; c < triangle.rows(); c++) {
          a.values()[start + c] = 0;
        }
        substitute(a.values(), start, triangle, r, triangle.rows());
      }
    }
  }

  /** A block of L on the diagonal, transposed. */
  private Matrix triangle(int from, int to) {
    Matrix triangle = Matrix.zeros(to - from, to - from);
    for (int r = 0; r < triangle.rows(); r++) {
      for (int c = 0; c <= r; c++) {
        triangle.values()[triangle.index(c, r)] = a.at(from + r, from + c);
      }
    }
    return triangle;
  }

  /** {@code M[I, C] = -L[I, I]^-1 * (L[I, c..I] * M[c..I, C])} for rows I and columns C. */
  private void invertBelow(int column, int end, int from, int to, Matrix triangle) {
    Matrix found = a.block(column, end, column, from, team); // MT [columns, earlier rows]
    for (int c = 0; c < found.rows(); c++) {
      Arrays.fill(found.values(), found.index(c, 0), found.index(c, c), 0f);
    }
    Matrix products = a.block(from, to, column, from, team).timesTransposed(found, kernels);
    team.split(
        end - column,
        (first, stop) -> {
          for (int c = first; c < stop; c++) {
            for (int r = 0; r < products.rows(); r++) {
              a.values()[a.index(column + c, from + r)] = -products.at(r, c);
            }
          }
          solve(column + first, column + stop, from, triangle);
        });
  }
}
