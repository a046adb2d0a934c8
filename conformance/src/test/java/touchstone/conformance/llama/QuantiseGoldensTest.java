package touchstone.conformance.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import touchstone.checkpoint.Safetensors;
import touchstone.golden.GoldenData;
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

  private static Stream<JsonNode> layers() {
    JsonNode all =
        GoldenVectors.json(GoldenData.path("vectors/quantize/layers.json")).get("layers");
    assertThat(all.size()).isEqualTo(LAYERS);
    return StreamSupport.stream(all.spliterator(), false);
  }

  private static Safetensors open(JsonNode golden) {
    return Safetensors.open(
        GoldenData.path("vectors/quantize").resolve(golden.get("file").asText()));
  }

  /** Format v1 has no place for a zero point of 0. */
  private static ZeroPointFormat format(Tensor zeros) {
    return IntStream.range(0, (int) zeros.elements()).anyMatch(i -> zeros.intAt(i) == 0)
        ? ZeroPointFormat.V2
        : ZeroPointFormat.V1;
  }

  private static QuantiserSettings settings(JsonNode golden, ZeroPointFormat format) {
    return new QuantiserSettings(
        golden.get("bits").intValue(),
        golden.get("groupSize").intValue(),
        golden.get("actOrder").booleanValue(),
        golden.get("staticGroups").booleanValue(),
        golden.get("symmetric").booleanValue(),
        golden.get("mse").booleanValue(),
        golden.get("dampPercent").doubleValue(),
        format);
  }

  private static Hessian hessian(JsonNode golden, Map<String, Tensor> tensors, Kernels kernels) {
    Hessian hessian = new Hessian(golden.get("id").asText(), golden.get("in").intValue(), kernels);
    for (int i = 0; i < golden.get("sequences").size(); i++) {
      Tensor sequence = tensors.get("calibration." + i); // [tokens, in]
      int tokens = Math.toIntExact(sequence.shape().get(0));
      hessian.add(new Activations(sequence.toFloats(), 0, tokens, hessian.columns()));
    }
    return hessian;
  }

  private static Stream<DynamicTest> forAll(BiConsumer<JsonNode, String> check) {
    return layers()
        .flatMap(
            golden ->
                Stream.of(SETS)
                    .map(
                        set ->
                            DynamicTest.dynamicTest(
                                golden.get("id").asText() + ", " + set,
                                () -> check.accept(golden, set))));
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

  private static void requireLayer(JsonNode golden, String set) {
    try (Safetensors file = open(golden);
        Kernels kernels = KernelSets.open(set, Numerics.F32, 2)) {
      Map<String, Tensor> tensors = file.tensors();
      ZeroPointFormat format = format(tensors.get("zeros"));
      QuantisedLayer layer =
          GptqSolver.solve(
              new DenseMatrix(tensors.get("weight")),
              hessian(golden, tensors, kernels),
              settings(golden, format),
              kernels);
      requireGrids(layer, tensors);
      requireCodes(layer, tensors);
      PackedLayer packed = layer.pack("m");
      requireInts(packed.qweight(), tensors.get("qweight"));
      if (format == ZeroPointFormat.V1) {
        requireInts(packed.qzeros(), tensors.get("qzeros"));
      }
    }
  }

  private static void requireGrids(QuantisedLayer layer, Map<String, Tensor> tensors) {
    assertThat(tensors.get("scales").shape())
        .containsExactly((long) layer.groups(), (long) layer.outputs());
    for (int group = 0; group < layer.groups(); group++) {
      for (int output = 0; output < layer.outputs(); output++) {
        long at = (long) group * layer.outputs() + output;
        assertThat(layer.scale(group, output))
            .as("scale of group %d, output %d", group, output)
            .isEqualTo(tensors.get("scales").floatAt(at));
        assertThat(layer.zero(group, output))
            .as("zero point of group %d, output %d", group, output)
            .isEqualTo(tensors.get("zeros").intAt(at));
      }
    }
  }

  private static void requireCodes(QuantisedLayer layer, Map<String, Tensor> tensors) {
    for (int input = 0; input < layer.inputs(); input++) {
      assertThat(layer.groupOf(input))
          .as("group of input %d", input)
          .isEqualTo(tensors.get("g_idx").intAt(input));
      for (int output = 0; output < layer.outputs(); output++) {
        assertThat(layer.code(output, input))
            .as("code of input %d, output %d", input, output)
            .isEqualTo(tensors.get("codes").intAt((long) input * layer.outputs() + output));
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

  private static void requireHessian(JsonNode golden, String set) {
    try (Safetensors file = open(golden);
        Kernels kernels = KernelSets.open(set, Numerics.F32, 2)) {
      Map<String, Tensor> tensors = file.tensors();
      Hessian hessian = hessian(golden, tensors, kernels);
      double roundings = 0; // a factor, its square and the sum; per sequence a rescaling and a sum
      for (JsonNode tokens : golden.get("sequences")) {
        roundings = Math.max(roundings, tokens.intValue()) + 6;
      }
      int columns = hessian.columns();
      for (int i = 0; i < columns; i++) {
        double diagonal = tensors.get("diagonal").doubleAt(i);
        assertThat((double) hessian.at(i, i))
            .isCloseTo(diagonal, within(roundings * 0x1p-24 * diagonal));
        for (int j = 0; tensors.containsKey("hessian") && j < columns; j++) {
          double gauge = Math.sqrt(diagonal * tensors.get("diagonal").doubleAt(j));
          assertThat((double) hessian.at(i, j))
              .isCloseTo(
                  tensors.get("hessian").doubleAt((long) i * columns + j),
                  within(roundings * 0x1p-24 * gauge));
        }
      }
    }
  }
}
