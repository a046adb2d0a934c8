package touchstone.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.ZeroPointFormat;

class GridSearchTest {
  private static final QuantiserSettings SYMMETRIC = Layers.whole(4);
  private static final QuantiserSettings V1 = Layers.asymmetric(SYMMETRIC, ZeroPointFormat.V1);
  private static final QuantiserSettings V2 = Layers.asymmetric(SYMMETRIC, ZeroPointFormat.V2);

  private static Grid find(QuantiserSettings settings, float... weights) {
    return new GridSearch(settings).find(weights, 0, weights.length);
  }

  @Test
  @Tag("QUANT-2")
  void symmetricRangeIsDividedByAllStepsAndNotByHalfOfThem() {
    Grid grid = find(SYMMETRIC, 3, -7.5f, 1);
    assertThat(grid.scale()).isEqualTo(1); // 15 / 15
    assertThat(grid.zero()).isEqualTo(8);
  }

  @Test
  @Tag("QUANT-2")
  void largestWeightOfASymmetricRangeIsCutOffAndTheSmallestIsNot() {
    Grid grid = find(SYMMETRIC, 7.5f, -7.5f);
    assertThat(grid.code(7.5f)).isEqualTo(15); // 8 + 8 is beyond
    assertThat(grid.value(15)).isEqualTo(7);
    assertThat(grid.code(-7.5f)).isZero();
    assertThat(grid.value(0)).isEqualTo(-8);
  }

  @Test
  @Tag("QUANT-2")
  void roundingIsToEven() {
    Grid grid = new Grid(2, 8, 15);
    assertThat(grid.code(1)).isEqualTo(8);
    assertThat(grid.code(3)).isEqualTo(10);
    assertThat(grid.code(5)).isEqualTo(10);
    assertThat(grid.code(-1)).isEqualTo(8);
    assertThat(grid.code(-3)).isEqualTo(6);
  }

  @Test
  @Tag("QUANT-2")
  void codesStayInTheirRange() {
    Grid grid = new Grid(0.5f, 3, 7);
    assertThat(grid.code(1e30f)).isEqualTo(7);
    assertThat(grid.code(-1e30f)).isZero();
    assertThat(new Grid(Float.MIN_VALUE, 3, 7).code(Float.MAX_VALUE)).isEqualTo(7);
  }

  @Test
  @Tag("QUANT-2")
  void symmetricRangeWithoutNegativeWeightsKeepsItsMinimum() {
    Grid grid = find(SYMMETRIC, 15, 1, 0);
    assertThat(grid.scale()).isEqualTo(1); // not 2
    assertThat(grid.zero()).isEqualTo(8);
    assertThat(grid.value(grid.code(15))).isEqualTo(7);
    assertThat(find(SYMMETRIC, 15, 1, -0f)).isEqualTo(grid);
  }

  @Test
  @Tag("QUANT-2")
  void weightsOfZeroGetTheRangeOfOne() {
    assertThat(find(SYMMETRIC, 0, 0)).isEqualTo(new Grid(2f / 15, 8, 15));
    assertThat(find(V1, 0, -0f)).isEqualTo(new Grid(2f / 15, 7, 15)); // fl(2 / 15) is above 2 / 15
    assertThat(find(SYMMETRIC, Float.MIN_VALUE, 0)).isEqualTo(new Grid(2f / 15, 8, 15));
  }

  @Test
  @Tag("QUANT-2")
  void asymmetricRangeHasZeroInIt() {
    assertThat(find(V2, 2, 14)).isEqualTo(new Grid(14f / 15, 0, 15));
    assertThat(find(V2, -2, -14)).isEqualTo(new Grid(14f / 15, 15, 15));
    assertThat(find(V1, -5, 10)).isEqualTo(new Grid(1, 5, 15));
  }

  @Test
  @Tag("QUANT-10")
  void zeroPointThatCannotBeStoredBecomesOneAndTheLargestWeightKeepsItsCode() {
    Grid grid = find(V1, 2, 14);
    assertThat(grid).isEqualTo(new Grid(1, 1, 15));
    assertThat(grid.value(grid.code(14))).isEqualTo(14);
    assertThat(find(V1, -0.3f, 14)).isEqualTo(new Grid(1, 1, 15));
    assertThat(find(V1, -0.6f, 14.4f)).isEqualTo(new Grid(1, 1, 15)); // rint(0.6) = 1: untouched
    for (int bits : new int[] {2, 3, 4, 8}) {
      QuantiserSettings settings =
          Layers.asymmetric(Layers.settings(bits, GptqConfig.NO_GROUPS), ZeroPointFormat.V1);
      assertThat(find(settings, 1, 3).zero()).isEqualTo(1);
      assertThat(find(settings, -1, -3).zero()).isEqualTo((1 << bits) - 1);
    }
  }

  @Test
  @Tag("QUANT-3")
  void searchShrinksARangeWithAnOutlierAndKeepsTheSymmetricZero() {
    float[] weights = Layers.gaussian(128, 1);
    weights[5] = -8;
    Grid covering = find(SYMMETRIC, weights);
    Grid best = find(Layers.leastError(SYMMETRIC), weights);
    assertThat(best.scale()).isLessThan(covering.scale());
    assertThat(best.zero()).isEqualTo(8);
    assertThat(find(Layers.leastError(V1), weights).scale()).isLessThan(find(V1, weights).scale());
  }

  @Test
  @Tag("QUANT-3")
  void searchFindsTheFirstOfEightyRangesWithTheLeastError() {
    for (int seed = 0; seed < 20; seed++) {
      float[] weights = Layers.gaussian(seed < 10 ? 32 : 4000, seed);
      weights[7] *= 1 + seed; // an outlier among many is given up
      double least = Double.POSITIVE_INFINITY;
      Grid expected = null;
      float max = 0;
      for (float weight : weights) {
        max = Math.max(max, Math.abs(weight));
      }
      for (int i = 0; i < 80; i++) {
        float part = (float) (1 - i / 100.0);
        Grid grid = new Grid((part * max - part * -max) / 15, 8, 15);
        double error = 0;
        for (float weight : weights) {
          error += StrictMath.pow(Math.abs(grid.value(grid.code(weight)) - weight), 2.4);
        }
        if (error < least) {
          least = error;
          expected = grid;
        }
      }
      assertThat(find(Layers.leastError(SYMMETRIC), weights)).isEqualTo(expected);
    }
  }

  @Test
  @Tag("QUANT-3")
  void searchGoesDownToAFifthOfTheRangeAndNoFurther() {
    float smallest = 2 * (float) (1 - 79 / 100.0) / 3;
    float[] weights = new float[100_000];
    Arrays.fill(weights, smallest);
    weights[0] = -1;
    QuantiserSettings twoBits = Layers.leastError(Layers.whole(2));
    assertThat(find(twoBits, weights).scale()).isEqualTo(smallest);
  }

  @Test
  @Tag("QUANT-3")
  void searchKeepsTheFirstOfEqualRanges() {
    assertThat(find(Layers.leastError(SYMMETRIC), 0, 0)).isEqualTo(new Grid(2f / 15, 8, 15));
  }
}
