package touchstone.conformance.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.ValueJson;
import touchstone.conformance.suite.Vector;
import touchstone.gptq.ZeroPointFormat;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.quantize.GptqSolver;
import touchstone.quantize.Hessian;
import touchstone.quantize.PackedLayer;
import touchstone.quantize.QuantisedLayer;
import touchstone.quantize.QuantiserSettings;
import touchstone.tensor.Activations;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.Tensor;

/**
 * Every golden layer gets the codes, zero points, scales and groups that an independent quantiser
 * found in double. The goldens are made such that fp32 decides nothing otherwise: no code is excused.
 */
class QuantiseGoldensTest {
  private static final int LAYERS = 27;
  private static final String[] SETS = {"scalar", "simd"};

  /** Format v1 has no place for a zero point of 0. */
  private static ZeroPointFormat format(Tensor zeros) {
    return IntStream.range(0, (int) zeros.elements()).anyMatch(i -> zeros.intAt(i) == 0)
        ? ZeroPointFormat.V2
        : ZeroPointFormat.V1;
  }

  private static QuantiserSettings settings(Vector golden, ZeroPointFormat format) {
    JsonNode settings = golden.request().arguments().get("settings");
    return new QuantiserSettings(
        settings.get("bits").intValue(),
        settings.get("groupSize").intValue(),
        settings.get("actOrder").booleanValue(),
        settings.get("staticGroups").booleanValue(),
        settings.get("symmetric").booleanValue(),
        settings.get("mse").booleanValue(),
        ValueJson.real(settings.get("damping").textValue()),
        format);
  }

  /** The calibration inputs, one tensor [tokens, in] per sequence. */
  private static List<Tensor> sequences(Vector golden) {
    Arguments args = golden.request().arguments();
    List<Tensor> sequences = new ArrayList<>();
    args.get("calibration").forEach(each -> sequences.add(args.values().tensor(each)));
    return sequences;
  }

  private static Hessian hessian(Vector golden, Kernels kernels) {
    int inputs = golden.request().arguments().tensor("weight").shape().getLast().intValue();
    Hessian hessian = new Hessian(golden.id(), inputs, kernels);
    for (Tensor sequence : sequences(golden)) {
      int tokens = Math.toIntExact(sequence.shape().getFirst());
      hessian.add(new Activations(sequence.toFloats(), 0, tokens, inputs));
    }
    return hessian;
  }

  private static Stream<DynamicTest> forAll(BiConsumer<Vector, String> check) {
    List<Vector> layers = GoldenVectors.of("gptq/quantise");
    assertThat(layers).hasSize(LAYERS);
    return layers.stream()
        .flatMap(
            golden ->
                Stream.of(SETS)
                    .map(
                        set ->
                            DynamicTest.dynamicTest(
                                golden.id() + ", " + set, () -> check.accept(golden, set))));
  }

  @TestFactory
  @Tag("QUANT-2")
  @Tag("QUANT-3")
  @Tag("QUANT-4")
  @Tag("QUANT-5")
  @Tag("QUANT-7")
  @Tag("QUANT-8")
  @Tag("QUANT-9")
  @Tag("QUANT-10")
  Stream<DynamicTest> everyCodeAndGridIsThatOfTheGolden() {
    return forAll(QuantiseGoldensTest::requireLayer);
  }

  private static void requireLayer(Vector golden, String set) {
    try (Kernels kernels = KernelSets.open(set, Numerics.F32, 2)) {
      ZeroPointFormat format = format(GoldenVectors.truth(golden, "zeros"));
      QuantisedLayer layer =
          GptqSolver.solve(
              new DenseMatrix(golden.request().arguments().tensor("weight")),
              hessian(golden, kernels),
              settings(golden, format),
              kernels);
      requireGrids(layer, golden);
      requireCodes(layer, golden);
      PackedLayer packed = layer.pack("m");
      requireInts(packed.qweight(), GoldenVectors.information(golden, "qweight"));
      if (format == ZeroPointFormat.V1) {
        requireInts(packed.qzeros(), GoldenVectors.information(golden, "qzeros"));
      }
    }
  }

  private static void requireGrids(QuantisedLayer layer, Vector golden) {
    Tensor scales = GoldenVectors.truth(golden, "scales"); // [groups, outputs]
    Tensor zeros = GoldenVectors.truth(golden, "zeros"); // [groups, outputs]
    assertThat(scales.shape()).containsExactly((long) layer.groups(), (long) layer.outputs());
    for (int group = 0; group < layer.groups(); group++) {
      for (int output = 0; output < layer.outputs(); output++) {
        long at = (long) group * layer.outputs() + output;
        assertThat(layer.scale(group, output))
            .as("scale of group %d, output %d", group, output)
            .isEqualTo(scales.floatAt(at));
        assertThat(layer.zero(group, output))
            .as("zero point of group %d, output %d", group, output)
            .isEqualTo(zeros.intAt(at));
      }
    }
  }

  private static void requireCodes(QuantisedLayer layer, Vector golden) {
    Tensor codes = GoldenVectors.truth(golden, "codes"); // [inputs, outputs]
    Tensor groups = GoldenVectors.truth(golden, "gIdx"); // [inputs]
    for (int input = 0; input < layer.inputs(); input++) {
      assertThat(layer.groupOf(input))
          .as("group of input %d", input)
          .isEqualTo(groups.intAt(input));
      for (int output = 0; output < layer.outputs(); output++) {
        assertThat(layer.code(output, input))
            .as("code of input %d, output %d", input, output)
            .isEqualTo(codes.intAt((long) input * layer.outputs() + output));
      }
    }
  }

  private static void requireInts(Tensor found, Tensor expected) {
    assertThat(found.shape()).isEqualTo(expected.shape());
    for (int i = 0; i < expected.elements(); i++) {
      assertThat(found.intAt(i)).as("%s, word %d", found.name(), i).isEqualTo(expected.intAt(i));
    }
  }

  @TestFactory
  @Tag("QUANT-1")
  Stream<DynamicTest> everyHessianIsThatOfTheGolden() {
    return forAll(QuantiseGoldensTest::requireHessian);
  }

  private static void requireHessian(Vector golden, String set) {
    try (Kernels kernels = KernelSets.open(set, Numerics.F32, 2)) {
      Hessian hessian = hessian(golden, kernels);
      double roundings = 0; // a factor, its square and the sum; per sequence a rescaling and a sum
      for (Tensor sequence : sequences(golden)) {
        roundings = Math.max(roundings, sequence.shape().getFirst()) + 6;
      }
      Tensor diagonal = GoldenVectors.information(golden, "diagonal"); // [in]
      for (int i = 0; i < hessian.columns(); i++) {
        assertThat((double) hessian.at(i, i))
            .isCloseTo(diagonal.doubleAt(i), within(roundings * 0x1p-24 * diagonal.doubleAt(i)));
      }
      if (GoldenVectors.json(golden).path("information").has("hessian")) {
        requireWhole(hessian, GoldenVectors.information(golden, "hessian"), roundings * 0x1p-24);
      }
    }
  }

  private static void requireWhole(Hessian hessian, Tensor expected, double roundings) {
    int columns = hessian.columns();
    for (int i = 0; i < columns; i++) {
      for (int j = 0; j < columns; j++) {
        double gauge =
            Math.sqrt(
                expected.doubleAt((long) i * columns + i)
                    * expected.doubleAt((long) j * columns + j));
        assertThat((double) hessian.at(i, j))
            .isCloseTo(expected.doubleAt((long) i * columns + j), within(roundings * gauge));
      }
    }
  }
}
