package touchstone.conformance.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import touchstone.conformance.contract.AgreeingSets;
import touchstone.conformance.contract.Numbers;
import touchstone.conformance.contract.Stored;
import touchstone.gptq.ZeroPointFormat;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.quantize.GptqSolver;
import touchstone.quantize.Hessian;
import touchstone.quantize.QuantisedLayer;
import touchstone.quantize.QuantiserSettings;
import touchstone.tensor.Activations;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;

/** A layer gets the same bits from every kernel set and any number of threads. */
@Tag("QUANT-12")
final class QuantiserEqualityTest {
  private static final int OUTPUTS = 96;
  private static final int INPUTS = 416; // three blocks and a part, and more than one product

  private static AgreeingSets sets;

  @BeforeAll
  static void open() {
    sets = SimdSets.of(Numerics.F32);
  }

  @AfterAll
  static void close() {
    sets.close();
  }

  static Stream<QuantiserSettings> settings() {
    return Stream.of(
        new QuantiserSettings(4, 128, false, false, true, false, 0.01, ZeroPointFormat.V1),
        new QuantiserSettings(4, 32, true, false, true, false, 0.1, ZeroPointFormat.V1),
        new QuantiserSettings(3, -1, true, false, false, false, 0.01, ZeroPointFormat.V2),
        new QuantiserSettings(2, 64, true, true, true, true, 0.01, ZeroPointFormat.V1),
        new QuantiserSettings(8, 200, false, false, false, false, 0.05, ZeroPointFormat.V1));
  }

  private static DenseMatrix weight() {
    float[] values = new Numbers(1).draw(Numbers.Kind.USUAL, OUTPUTS * INPUTS);
    return new DenseMatrix(Stored.weights("w", DType.F16, 2, values, OUTPUTS, INPUTS));
  }

  private static Hessian hessian(Kernels kernels) {
    Hessian hessian = new Hessian("m", INPUTS, kernels);
    for (int tokens : new int[] {1, 50, 333}) {
      float[] values = new Numbers(tokens).draw(Numbers.Kind.USUAL, tokens * INPUTS);
      for (int i = 0; i < values.length; i++) {
        int column = i % INPUTS;
        values[i] = (values[i] + values[i - column]) * (1 + column % 7); // in common: the first
      }
      hessian.add(new Activations(values, 0, tokens, INPUTS));
    }
    return hessian;
  }

  @ParameterizedTest
  @MethodSource("settings")
  void everySetFindsTheSameCodesAndGrids(QuantiserSettings settings) {
    DenseMatrix weight = weight();
    sets.agree(
        "quantising",
        settings.toString(),
        kernels -> {
          Hessian hessian = hessian(kernels);
          QuantisedLayer layer = GptqSolver.solve(weight, hessian, settings, kernels);
          return everything(layer, layer.error(weight, hessian, kernels));
        });
  }

  private static float[] everything(QuantisedLayer layer, double error) {
    int codes = layer.outputs() * layer.inputs();
    int grids = layer.groups() * layer.outputs();
    float[] all = new float[codes + 2 * grids + layer.inputs() + 2];
    for (int i = 0; i < codes; i++) {
      all[i] = layer.code(i / layer.inputs(), i % layer.inputs());
    }
    for (int i = 0; i < grids; i++) {
      all[codes + i] = layer.scale(i / layer.outputs(), i % layer.outputs());
      all[codes + grids + i] = layer.zero(i / layer.outputs(), i % layer.outputs());
    }
    for (int i = 0; i < layer.inputs(); i++) {
      all[codes + 2 * grids + i] = layer.groupOf(i);
    }
    all[all.length - 2] = (float) layer.loss();
    all[all.length - 1] = (float) error;
    return all;
  }

  @Test
  void everySetGathersTheSameHessian() {
    sets.agree(
        "quantising",
        "Hessian",
        kernels -> {
          Hessian hessian = hessian(kernels);
          float[] all = new float[INPUTS * INPUTS];
          for (int i = 0; i < all.length; i++) {
            all[i] = hessian.at(i / INPUTS, i % INPUTS);
          }
          return all;
        });
  }

  /** The error that is reported is the one that a matrix as read back has on the inputs. */
  @Test
  @Tag("QUANT-7")
  void errorIsThatOfTheStoredMatrixOnTheCalibrationInputs() {
    EverySet.check(
        Numerics.F32,
        kernels -> {
          DenseMatrix weight = weight();
          float[] x = new Numbers(3).draw(Numbers.Kind.USUAL, 40 * INPUTS);
          Activations inputs = new Activations(x, 0, 40, INPUTS);
          Hessian hessian = new Hessian("m", INPUTS, kernels);
          hessian.add(inputs);
          QuantiserSettings settings = settings().findFirst().orElseThrow();
          QuantisedLayer layer = GptqSolver.solve(weight, hessian, settings, kernels);
          Activations exact = Activations.zeros(40, OUTPUTS);
          Activations quantised = Activations.zeros(40, OUTPUTS);
          kernels.linear(weight, Optional.empty()).apply(inputs, exact);
          kernels
              .linear(
                  layer.pack("m").matrix("m", settings.config(true, Optional.empty())),
                  Optional.empty())
              .apply(inputs, quantised);
          double sum = 0;
          for (int i = 0; i < exact.values().length; i++) {
            double difference = exact.values()[i] - quantised.values()[i];
            sum += difference * difference;
          }
          assertThat(layer.error(weight, hessian, kernels)).isCloseTo(2 * sum, within(1e-3 * sum));
        });
  }
}
