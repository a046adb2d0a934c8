package touchstone.conformance.llama;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import touchstone.checkpoint.Safetensors;
import touchstone.golden.GoldenData;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.ZeroPointFormat;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.tensor.Activations;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/**
 * Every golden matrix has the codes, the exact weights and the products that an independent packer
 * recorded: all widths, group sizes, orders of channels and zero point formats.
 */
class GoldenMatricesTest {
  private static final int FACTOR = 8;
  private static final int MATRICES = 40;

  private static Stream<JsonNode> matrices() {
    JsonNode all =
        GoldenVectors.json(GoldenData.path("vectors/gptq/matrices.json")).get("matrices");
    assertThat(all.size()).isEqualTo(MATRICES);
    return StreamSupport.stream(all.spliterator(), false);
  }

  private static Safetensors open(JsonNode golden) {
    return Safetensors.open(GoldenData.path("vectors/gptq").resolve(golden.get("file").asText()));
  }

  private static GptqMatrix matrix(JsonNode golden, Map<String, Tensor> tensors) {
    boolean placeHolder = golden.get("gIdx").asText().equals("trivial");
    GptqConfig config =
        new GptqConfig(
            golden.get("bits").intValue(),
            golden.get("groupSize").intValue(),
            golden.get("gIdx").asText().equals("act-order"),
            golden.get("symmetric").booleanValue(),
            golden.get("checkpointFormat").asText().equals(ZeroPointFormat.V2.label())
                ? ZeroPointFormat.V2
                : ZeroPointFormat.V1,
            OptionalDouble.empty(),
            false,
            true,
            Optional.empty());
    return GptqMatrix.of(
        golden.get("id").asText(),
        config,
        golden.get("out").intValue(),
        golden.get("in").intValue(),
        tensors.get("qweight"),
        tensors.get("qzeros"),
        tensors.get("scales"),
        placeHolder ? Optional.empty() : Optional.ofNullable(tensors.get("g_idx")));
  }

  @TestFactory
  @Tag("GPTQ-1")
  @Tag("GPTQ-4")
  Stream<DynamicTest> everyCodeAndWeightIsExact() {
    return matrices()
        .map(
            golden ->
                DynamicTest.dynamicTest(golden.get("id").asText(), () -> requireWeights(golden)));
  }

  private static void requireWeights(JsonNode golden) {
    try (Safetensors file = open(golden)) {
      GptqMatrix matrix = matrix(golden, file.tensors());
      Tensor codes = file.tensors().get("codes"); // [inputs, outputs]
      Tensor weights = file.tensors().get("dequantised"); // [outputs, inputs]
      boolean exact = file.tensors().get("scales").dtype() == DType.F16;
      for (int output = 0; output < matrix.rows(); output++) {
        for (int input = 0; input < matrix.columns(); input++) {
          assertThat(matrix.code(input, output))
              .isEqualTo(codes.intAt((long) input * matrix.rows() + output));
          double weight = weights.doubleAt((long) output * matrix.columns() + input);
          float found = matrix.dequantise(output, input);
          assertThat((double) found).isEqualTo(exact ? weight : (double) (float) weight);
        }
      }
    }
  }

  @TestFactory
  @Tag("GPTQ-6")
  @Tag("LINEAR-2")
  Stream<DynamicTest> everyProductIsWithinTheSpreadOfOrders() {
    return matrices()
        .map(
            golden ->
                DynamicTest.dynamicTest(golden.get("id").asText(), () -> requireProduct(golden)));
  }

  private static void requireProduct(JsonNode golden) {
    double bound = FACTOR * golden.get("spreadGrouped").get("y").doubleValue();
    for (String set : new String[] {"scalar", "simd"}) {
      try (Safetensors file = open(golden);
          Kernels kernels = KernelSets.open(set, Numerics.F32, 2)) {
        GptqMatrix matrix = matrix(golden, file.tensors());
        Tensor input = file.tensors().get("x"); // [tokens, inputs]
        int tokens = input.shape().getFirst().intValue();
        Activations x = new Activations(input.toFloats(), 0, tokens, matrix.columns());
        Activations y = Activations.zeros(tokens, matrix.rows());
        Optional<float[]> bias =
            Optional.ofNullable(file.tensors().get("bias")).map(Tensor::toFloats);
        kernels.linear(matrix, bias).apply(x, y);
        assertThat(GoldenVectors.distance(y, file.tensors().get("y")))
            .as(set)
            .isLessThanOrEqualTo(bound);
      }
    }
  }
}
