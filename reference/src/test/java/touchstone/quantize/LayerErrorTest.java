package touchstone.quantize;

import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.ZeroPointFormat;
import touchstone.tensor.DenseMatrix;

class LayerErrorTest {
  private static final int[] BITS = {2, 3, 4, 8};
  private static final int[] GROUP_SIZES = {GptqConfig.NO_GROUPS, 32, 48, 128};
  private static int layersWorse, layers, rowsWorse, rows;

  @Property(tries = 300, seed = "20261124", afterFailure = AfterFailureMode.SAMPLE_FIRST)
  @Tag("QUANT-7")
  void isBelowThatOfRoundingToNearest(
      @ForAll @IntRange(min = 0, max = 3) int bits,
      @ForAll @IntRange(min = 0, max = 3) int groupSize,
      @ForAll boolean actOrder,
      @ForAll boolean staticGroups,
      @ForAll boolean symmetric,
      @ForAll @IntRange(min = 1, max = 5) int inputs,
      @ForAll @IntRange(min = 0, max = 4) int common,
      @ForAll @IntRange(min = 1, max = 8) int tokensPerInput,
      @ForAll @IntRange(min = 0, max = 1 << 20) int seed) {
    int columns = 32 * inputs;
    DenseMatrix weight = Layers.weight(32, columns, Layers.gaussian(32 * columns, seed));
    Hessian hessian =
        Layers.hessian(Layers.inputs(tokensPerInput * columns / 4, columns, common / 2f, seed));
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
    QuantisedLayer layer = GptqSolver.solve(weight, hessian, settings, new PlainKernels(1));
    QuantisedLayer nearest = RoundToNearest.quantise(weight, settings);
    double[][] h = Layers.hessian(hessian);
    double own = 0, other = 0;
    for (int output = 0; output < 32; output++) {
      double a = Layers.error(weight, layer, h, output),
          b = Layers.error(weight, nearest, h, output);
      own += a;
      other += b;
      rows++;
      if (a > b) rowsWorse++;
    }
    layers++;
    if (own > other) {
      layersWorse++;
      System.out.printf(
          "worse %g > %g %s in=%d common=%d tpi=%d%n",
          own, other, settings, columns, common, tokensPerInput);
    }
  }

  @AfterContainer
  static void print() {
    System.out.printf(
        "worse than nearest: %d of %d layers, %d of %d rows%n",
        layersWorse, layers, rowsWorse, rows);
  }
}
