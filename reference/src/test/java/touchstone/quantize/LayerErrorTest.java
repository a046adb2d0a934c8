package touchstone.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.ZeroPointFormat;
import touchstone.tensor.DenseMatrix;

/**
 * What all the work is for. No theorem says that feedback gains on every output: it settles one weight
 * after another and cannot take back a step, and it aims at the damped error. So the sum over a layer's
 * outputs is asserted, of layers that a fixed seed draws, and single outputs are counted.
 */
class LayerErrorTest {
  private static final int[] BITS = {2, 3, 4, 8};
  private static final int[] GROUP_SIZES = {GptqConfig.NO_GROUPS, 32, 48, 128};
  private static final int OUTPUTS = 32;
  private static final double PERCENT_OF_OUTPUTS = 2;

  @Property(tries = 300, seed = "20261124", edgeCases = EdgeCasesMode.NONE)
  @Tag("QUANT-7")
  void isNotAboveThatOfRoundingToNearest(
      @ForAll @IntRange(min = 0, max = 3) int bits,
      @ForAll @IntRange(min = 0, max = 3) int groupSize,
      @ForAll boolean actOrder,
      @ForAll boolean staticGroups,
      @ForAll boolean symmetric,
      @ForAll @IntRange(min = 1, max = 5) int inputs,
      @ForAll @IntRange(min = 0, max = 4) int common,
      @ForAll @IntRange(min = 1, max = 8) int tokens,
      @ForAll @IntRange(min = 0, max = 1 << 20) int seed) {
    int columns = 32 * inputs;
    float[] values = Layers.gaussian(OUTPUTS * columns, seed);
    DenseMatrix weight = Layers.weight(OUTPUTS, columns, values);
    Hessian hessian =
        Layers.hessian(Layers.inputs(tokens * columns / 4, columns, common / 2f, seed));
    QuantiserSettings settings =
        new QuantiserSettings(
            BITS[bits],
            GROUP_SIZES[groupSize],
            actOrder,
            staticGroups,
            symmetric,
            false,
            0.01,
            ZeroPointFormat.V1);
    requireLess(
        weight,
        hessian,
        GptqSolver.solve(weight, hessian, settings, new PlainKernels(1)),
        RoundToNearest.quantise(weight, settings));
    Statistics.label("an output is better off rounded to nearest")
        .coverage(worse -> worse.check(true).percentage(found -> found < PERCENT_OF_OUTPUTS));
  }

  private static void requireLess(
      DenseMatrix weight, Hessian hessian, QuantisedLayer layer, QuantisedLayer nearest) {
    double[][] h = Layers.hessian(hessian);
    double sum = 0;
    double sumOfNearest = 0;
    for (int output = 0; output < OUTPUTS; output++) {
      double error = Layers.error(weight, layer, h, output);
      double errorOfNearest = Layers.error(weight, nearest, h, output);
      Statistics.label("an output is better off rounded to nearest")
          .collect(error > errorOfNearest);
      sum += error;
      sumOfNearest += errorOfNearest;
    }
    assertThat(sum).isLessThanOrEqualTo(sumOfNearest);
  }
}
