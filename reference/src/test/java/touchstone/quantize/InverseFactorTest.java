package touchstone.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.kernels.ThreadTeam;
import touchstone.tensor.Activations;

class InverseFactorTest {
  private static final double DAMP = 0.01;

  /** U in natural or another order, as the solver gets it. */
  private static Matrix transposed(Hessian hessian, int[] order, double damp) {
    float[] diagonal = new float[hessian.columns()];
    for (int i = 0; i < diagonal.length; i++) {
      float h = hessian.at(i, i);
      diagonal[i] = h == 0 ? 1 : h;
    }
    try (ThreadTeam team = new ThreadTeam("test", 2)) {
      return new InverseFactor(hessian, diagonal, order, new PlainKernels(1), team)
          .transposed(damp);
    }
  }

  private static double[][] ordered(double[][] h, int[] order) {
    double[][] ordered = new double[h.length][h.length];
    for (int i = 0; i < h.length; i++) {
      for (int j = 0; j < h.length; j++) {
        ordered[i][j] = h[order[i]][order[j]];
      }
    }
    return ordered;
  }

  /** Lower factor in double. */
  private static double[][] factor(double[][] a) {
    double[][] l = new double[a.length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = a[i][j];
        for (int k = 0; k < j; k++) {
          sum -= l[i][k] * l[j][k];
        }
        l[i][j] = i == j ? Math.sqrt(sum) : sum / l[j][j];
      }
    }
    return l;
  }

  /** UT in double the way AutoGPTQ goes: invert, then factor. */
  private static double[][] truth(double[][] damped) {
    return factor(ObqOracle.inverse(damped));
  }

  /** The same way in fp32. */
  private static float[][] inThreeSteps(double[][] damped) {
    int n = damped.length;
    float[][] l = factorRounded(damped);
    double[][] inverse = new double[n][n];
    float[][] m = new float[n][n];
    for (int c = 0; c < n; c++) {
      for (int i = c; i < n; i++) {
        float sum = i == c ? 1 : 0;
        for (int k = c; k < i; k++) {
          sum -= l[i][k] * m[k][c];
        }
        m[i][c] = sum / l[i][i];
      }
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        float sum = 0;
        for (int k = i; k < n; k++) {
          sum += m[k][i] * m[k][j];
        }
        inverse[i][j] = sum;
        inverse[j][i] = sum;
      }
    }
    return factorRounded(inverse);
  }

  private static float[][] factorRounded(double[][] a) {
    float[][] l = new float[a.length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j <= i; j++) {
        float sum = (float) a[i][j];
        for (int k = 0; k < j; k++) {
          sum -= l[i][k] * l[j][k];
        }
        l[i][j] = i == j ? (float) Math.sqrt(sum) : sum / l[j][j];
      }
    }
    return l;
  }

  private static double distance(double[][] truth, Matrix found) {
    double largest = 0;
    for (int i = 0; i < truth.length; i++) {
      for (int j = 0; j <= i; j++) {
        largest = Math.max(largest, Math.abs(truth[i][j] - found.at(i, j)) / truth[i][i]);
      }
    }
    return largest;
  }

  private static double distance(double[][] truth, float[][] found) {
    double largest = 0;
    for (int i = 0; i < truth.length; i++) {
      for (int j = 0; j <= i; j++) {
        largest = Math.max(largest, Math.abs(truth[i][j] - found[i][j]) / truth[i][i]);
      }
    }
    return largest;
  }

  @Test
  @Tag("QUANT-5")
  @Tag("QUANT-6")
  void isTheFactorOfTheInverseOfTheDampedHessianInOrderOfWork() {
    Hessian hessian = Layers.hessian(Layers.inputs(400, 160, 0.5f, 3));
    for (boolean actOrder : new boolean[] {false, true}) {
      float[] diagonal = new float[160];
      for (int i = 0; i < 160; i++) {
        diagonal[i] = hessian.at(i, i);
      }
      int[] order = actOrder ? ActOrder.falling(diagonal) : ActOrder.none(160);
      double[][] damped = ordered(Layers.dampedHessian(hessian, DAMP), order);
      assertThat(distance(truth(damped), transposed(hessian, order, DAMP))).isLessThan(1e-5);
    }
  }

  @Test
  @Tag("QUANT-5")
  void deadInputsCountAsOneInTheMean() {
    Activations inputs = Layers.inputs(100, 32, 0, 4);
    for (int token = 0; token < inputs.rows(); token++) {
      inputs.values()[inputs.start(token) + 7] = 0;
    }
    Hessian hessian = Layers.hessian(inputs);
    Matrix factor = transposed(hessian, ActOrder.none(32), DAMP);
    double[][] damped = Layers.dampedHessian(hessian, DAMP);
    assertThat((double) factor.at(7, 7)).isCloseTo(1 / Math.sqrt(damped[7][7]), within(1e-6));
    assertThat(distance(truth(damped), factor)).isLessThan(1e-5);
  }

  /** Both lose digits as the condition of H asks; neither is to lose more for its own sake. */
  @Test
  @Tag("QUANT-6")
  void isAsNearToTheTruthAsTheWayByTheInverse() {
    double own = 0;
    double other = 0;
    for (int seed = 0; seed < 20; seed++) {
      Hessian hessian = Layers.hessian(Layers.inputs(60 + 10 * seed, 128, 1 + seed, seed));
      double[][] damped = Layers.dampedHessian(hessian, DAMP);
      double[][] truth = truth(damped);
      own += Math.log(distance(truth, transposed(hessian, ActOrder.none(128), DAMP))) / 20;
      other += Math.log(distance(truth, inThreeSteps(damped))) / 20;
    }
    System.out.printf(
        "distance from U, geometric mean: own %.2e, by the inverse %.2e%n",
        Math.exp(own), Math.exp(other));
    assertThat(own).isLessThan(other);
  }

  @Test
  @Tag("QUANT-6")
  void faultNamesADampingThatIsEnough() {
    Hessian hessian = Layers.hessian(Layers.inputs(8, 64, 50, 1));
    TouchstoneException fault =
        catchThrowableOfType(
            TouchstoneException.class, () -> transposed(hessian, ActOrder.none(64), 1e-10));
    assertThat(fault.fault()).isEqualTo(Fault.CONFIG);
    assertThat(fault)
        .hasMessageMatching(
            "layer: the Hessian is not positive definite with damp 1.0E-10 \\(damp .* is enough\\)");
    String damp = fault.getMessage().replaceAll(".*\\(damp (.*) is enough\\)", "$1");
    assertThat(transposed(hessian, ActOrder.none(64), Double.parseDouble(damp)).at(0, 0))
        .isPositive();
  }
}
