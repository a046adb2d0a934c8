package touchstone.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.ZeroPointFormat;
import touchstone.tensor.Activations;
import touchstone.tensor.DenseMatrix;

class GptqSolverTest {
  private static final int OUTPUTS = 32;

  /** Steps from a tie within which fp32 may round to the other side of where double does. */
  private static final double MARGIN = 5e-4;

  private static QuantisedLayer solve(
      DenseMatrix weight, Hessian hessian, QuantiserSettings settings) {
    return GptqSolver.solve(weight, hessian, settings, new PlainKernels(2));
  }

  private static DenseMatrix weight(int inputs, long seed) {
    return Layers.weight(OUTPUTS, inputs, Layers.gaussian(OUTPUTS * inputs, seed));
  }

  private static double[][] rows(DenseMatrix weight) {
    double[][] rows = new double[weight.rows()][weight.columns()];
    for (int output = 0; output < rows.length; output++) {
      for (int input = 0; input < rows[0].length; input++) {
        rows[output][input] = weight.dequantise(output, input);
      }
    }
    return rows;
  }

  /**
   * Compares output by output, in order of work, up to the first code that is a matter of rounding.
   *
   * @return how many codes were not compared
   */
  private static int agree(DenseMatrix weight, Hessian hessian, QuantiserSettings settings) {
    ObqOracle oracle = new ObqOracle(rows(weight), hessian, settings);
    QuantisedLayer layer = solve(weight, hessian, settings);
    int excused = 0;
    for (int output = 0; output < OUTPUTS; output++) {
      for (int place = 0; place < oracle.order.length; place++) {
        int input = oracle.order[place];
        if (oracle.margins[output][input] < MARGIN) {
          excused += oracle.order.length - place;
          break;
        }
        int group = layer.groupOf(input);
        Grid grid = layer.grid(group, output);
        String where = settings + " output " + output + " place " + place;
        assertThat((double) grid.scale())
            .as(where)
            .isCloseTo(oracle.scales[output][group], within(1e-4 * grid.scale()));
        assertThat(grid.zero()).as(where).isEqualTo(oracle.zeros[output][group]);
        assertThat(layer.code(output, input)).as(where).isEqualTo(oracle.codes[output][input]);
      }
    }
    return excused;
  }

  private static List<QuantiserSettings> variants(QuantiserSettings plain) {
    return List.of(
        plain,
        Layers.actOrder(plain, false),
        Layers.actOrder(plain, true),
        Layers.asymmetric(plain, ZeroPointFormat.V2),
        Layers.asymmetric(Layers.actOrder(plain, false), ZeroPointFormat.V2));
  }

  @Test
  @Tag("QUANT-7")
  @Tag("QUANT-8")
  @Tag("QUANT-9")
  void codesAreThoseOfTheSlowFormThatInvertsAnewAfterEveryInput() {
    int inputs = 160; // one block and a part of one
    Hessian hessian = Layers.hessian(Layers.inputs(300, inputs, 1, 5));
    int excused = 0;
    int all = 0;
    for (int bits : new int[] {2, 3, 4}) {
      for (int groupSize : new int[] {GptqConfig.NO_GROUPS, 32, 50, 64, 128}) {
        for (QuantiserSettings settings : variants(Layers.settings(bits, groupSize))) {
          excused += agree(weight(inputs, bits), hessian, settings);
          all += OUTPUTS * inputs;
        }
      }
    }
    System.out.printf("not compared with the slow form: %d of %d codes%n", excused, all);
    assertThat(excused).isLessThan(all / 8);
  }

  @Test
  @Tag("QUANT-7")
  @Tag("QUANT-8")
  void groupThatIsLargerThanABlockSeesOnlyTheBlocksBefore() {
    int inputs = 288;
    Hessian hessian = Layers.hessian(Layers.inputs(500, inputs, 1, 6));
    assertThat(agree(weight(inputs, 6), hessian, Layers.settings(3, 192)))
        .isLessThan(OUTPUTS * inputs / 2);
  }

  /** {@code (W - Q) H (W - Q)T = sum of e^2} for the damped H, since {@code W - Q = E U}. */
  @Test
  @Tag("QUANT-7")
  void lossIsHalfTheDampedErrorOfTheLayer() {
    int inputs = 288;
    DenseMatrix weight = weight(inputs, 7);
    Hessian hessian = Layers.hessian(Layers.inputs(500, inputs, 1, 7));
    double[][] damped = Layers.dampedHessian(hessian, 0.01);
    for (QuantiserSettings settings : variants(Layers.settings(4, 96))) {
      QuantisedLayer layer = solve(weight, hessian, settings);
      double error = 0;
      for (int output = 0; output < OUTPUTS; output++) {
        error += Layers.error(weight, layer, damped, output);
      }
      assertThat(2 * layer.loss()).isCloseTo(error, within(1e-3 * error));
    }
  }

  @Test
  @Tag("QUANT-7")
  void inputsWithoutCorrelationAreRoundedToNearest() {
    int inputs = 160;
    float[] values = new float[inputs * inputs];
    for (int i = 0; i < inputs; i++) {
      values[i * inputs + i] = 1 + i % 3; // every input is active alone
    }
    Hessian hessian = Layers.hessian(new Activations(values, 0, inputs, inputs));
    DenseMatrix weight = weight(inputs, 8);
    for (QuantiserSettings settings :
        List.of(
            Layers.settings(4, 32),
            Layers.leastError(Layers.settings(3, 64)),
            Layers.actOrder(Layers.settings(2, 64), true),
            Layers.actOrder(Layers.whole(8), false))) {
      QuantisedLayer layer = solve(weight, hessian, settings);
      QuantisedLayer nearest = RoundToNearest.quantise(weight, settings);
      assertThat(codes(layer)).isDeepEqualTo(codes(nearest));
    }
  }

  private static int[][] codes(QuantisedLayer layer) {
    int[][] codes = new int[layer.outputs()][layer.inputs()];
    for (int output = 0; output < codes.length; output++) {
      for (int input = 0; input < layer.inputs(); input++) {
        codes[output][input] = layer.code(output, input);
      }
    }
    return codes;
  }

  @Test
  @Tag("QUANT-5")
  void deadInputsBecomeZeroAndOnlyGridsOfAWholeRowHaveSeenThem() {
    int inputs = 64;
    DenseMatrix weight = weight(inputs, 9);
    for (int output = 0; output < OUTPUTS; output++) {
      weight.tensor().data().setAtIndex(ValueLayout.JAVA_FLOAT, output * inputs + 40L, 15f);
    }
    Activations activations = Layers.inputs(200, inputs, 1, 9);
    for (int token = 0; token < activations.rows(); token++) {
      activations.values()[activations.start(token) + 40] = 0;
    }
    Hessian hessian = Layers.hessian(activations);
    for (QuantiserSettings settings :
        List.of(
            Layers.whole(4),
            Layers.settings(4, 32),
            Layers.actOrder(Layers.settings(4, 32), true))) {
      QuantisedLayer layer = solve(weight, hessian, settings);
      boolean seen = settings.groupSize() == GptqConfig.NO_GROUPS;
      for (int output = 0; output < OUTPUTS; output++) {
        int group = layer.groupOf(40);
        assertThat(layer.code(output, 40)).isEqualTo(8);
        assertThat(layer.grid(group, output).scale()).matches(scale -> (scale == 2f) == seen);
      }
      agree(weight, hessian, settings);
    }
  }

  @Test
  @Tag("QUANT-5")
  void layerThatIsNeverActiveBecomesZero() {
    Hessian hessian = Layers.hessian(Activations.zeros(10, 64));
    DenseMatrix weight = weight(64, 10);
    for (QuantiserSettings settings : variants(Layers.settings(3, 32))) {
      QuantisedLayer layer = solve(weight, hessian, settings);
      assertThat(layer.loss()).isZero();
      for (int output = 0; output < OUTPUTS; output++) {
        assertThat(codes(layer)[output]).containsOnly(layer.zero(0, output));
      }
    }
  }

  @Test
  @Tag("QUANT-2")
  void rowsOfZerosAndRowsWithoutNegativeWeightsKeepTheirGrids() {
    int inputs = 64;
    float[] values = Layers.gaussian(OUTPUTS * inputs, 11);
    Arrays.fill(values, 0, inputs, 0f);
    for (int i = inputs; i < 2 * inputs; i++) {
      values[i] = Math.abs(values[i]);
    }
    DenseMatrix weight = Layers.weight(OUTPUTS, inputs, values);
    Hessian hessian = Layers.hessian(Layers.inputs(200, inputs, 1, 11));
    QuantisedLayer layer = solve(weight, hessian, Layers.whole(4));
    assertThat(codes(layer)[0]).containsOnly(8);
    float most = 0;
    for (int i = inputs; i < 2 * inputs; i++) {
      most = Math.max(most, values[i]);
    }
    assertThat(layer.grid(0, 1)).isEqualTo(new Grid(most / 15, 8, 15));
    agree(weight, hessian, Layers.whole(4));
    agree(weight, hessian, Layers.settings(4, 32));
  }

  @Test
  @Tag("QUANT-9")
  void groupsFollowTheOrderOfWorkUnlessTheyAreStatic() {
    int inputs = 160;
    Hessian hessian = Layers.hessian(Layers.inputs(300, inputs, 1, 12));
    DenseMatrix weight = weight(inputs, 12);
    QuantiserSettings plain = Layers.settings(4, 64);
    QuantisedLayer natural = solve(weight, hessian, plain);
    QuantisedLayer fixed = solve(weight, hessian, Layers.actOrder(plain, true));
    QuantisedLayer moved = solve(weight, hessian, Layers.actOrder(plain, false));
    int[] members = new int[3];
    for (int input = 0; input < inputs; input++) {
      assertThat(natural.groupOf(input)).isEqualTo(input / 64);
      assertThat(fixed.groupOf(input)).isEqualTo(input / 64);
      members[moved.groupOf(input)]++;
      for (int other = 0; other < inputs; other++) {
        if (hessian.at(input, input) > hessian.at(other, other)) {
          assertThat(moved.groupOf(input)).isLessThanOrEqualTo(moved.groupOf(other));
        }
      }
    }
    assertThat(members).containsExactly(64, 64, 32);
    QuantisedLayer whole = solve(weight, hessian, Layers.actOrder(Layers.whole(4), false));
    assertThat(whole.groups()).isEqualTo(1);
    assertThat(whole.groupOf(inputs - 1)).isZero();
  }

  @Test
  @Tag("QUANT-4")
  void equalActivationsAreTakenInNaturalOrder() {
    int inputs = 64;
    Activations activations = Layers.inputs(100, inputs, 0, 13);
    for (int token = 0; token < activations.rows(); token++) {
      float[] x = activations.values();
      int start = activations.start(token);
      Arrays.fill(x, start + 1, start + inputs, 0f);
      x[start + 1 + token % (inputs - 1)] = token < inputs - 1 ? 0.5f : 0;
    }
    Hessian hessian = Layers.hessian(activations);
    QuantisedLayer layer =
        solve(weight(inputs, 13), hessian, Layers.actOrder(Layers.settings(4, 16), false));
    for (int input = 0; input < inputs; input++) {
      assertThat(layer.groupOf(input)).isEqualTo(input / 16);
    }
  }

  @Test
  @Tag("QUANT-11")
  void layersThatCannotBeStoredAreRefusedInOneLine() {
    Hessian hessian = Layers.hessian(Layers.inputs(50, 48, 1, 1));
    assertThatThrownBy(
            () -> solve(Layers.weight(32, 48, new float[32 * 48]), hessian, Layers.whole(4)))
        .isInstanceOf(TouchstoneException.class)
        .hasMessage(
            "layer.weight: a layer of [32 outputs, 48 inputs] (quantised layers have multiples of 32)");
    assertThatThrownBy(
            () ->
                RoundToNearest.quantise(Layers.weight(33, 32, new float[33 * 32]), Layers.whole(4)))
        .isInstanceOf(TouchstoneException.class);
  }

  @Test
  @Tag("QUANT-11")
  void weightsAndScalesThatAreNotFiniteAreRefused() {
    Hessian hessian = Layers.hessian(Layers.inputs(50, 32, 1, 1));
    float[] values = Layers.gaussian(32 * 32, 1);
    DenseMatrix weight = Layers.weight(32, 32, values);
    for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      values[5 * 32 + 3] = bad;
      assertThatThrownBy(() -> solve(weight, hessian, Layers.whole(4)))
          .isInstanceOf(TouchstoneException.class)
          .hasMessageStartingWith("layer.weight: weight " + bad + " at [5, 3] (");
    }
    values[5 * 32 + 3] = 1e9f;
    assertThatThrownBy(() -> RoundToNearest.quantise(weight, Layers.whole(4)))
        .isInstanceOf(TouchstoneException.class)
        .hasMessageContaining("of group 0, output 5 (scales are stored in F16, up to 65504");
  }

  @Test
  void hessianOfAnotherLayerOrOfNothingIsRefused() {
    DenseMatrix weight = weight(64, 1);
    assertThatThrownBy(
            () -> solve(weight, Layers.hessian(Layers.inputs(9, 32, 1, 1)), Layers.whole(4)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> solve(weight, new Hessian("layer", 64, new PlainKernels(1)), Layers.whole(4)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
