package touchstone.conformance.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.Vector;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.ZeroPointFormat;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.tensor.Activations;
import touchstone.tensor.Tensor;

/**
 * Every golden matrix has the exact weights and the products that an independent packer recorded: all
 * widths, group sizes, orders of channels and zero point formats.
 */
class GoldenMatricesTest {
  private static final int MATRICES = 40;

  private static Stream<DynamicTest> every(String topic, Consumer<Vector> check) {
    List<Vector> all = GoldenVectors.of(topic);
    assertThat(all).hasSize(MATRICES);
    return all.stream().map(v -> DynamicTest.dynamicTest(v.id(), () -> check.accept(v)));
  }

  private static GptqMatrix matrix(Vector vector, int inputs) {
    Arguments args = vector.request().arguments();
    Tensor scales = args.tensor("scales"); // [groups, outputs]
    GptqConfig config =
        new GptqConfig(
            args.integer("bits"),
            args.integer("groupSize"),
            args.has("gIdx"),
            false,
            args.text("format").equals(ZeroPointFormat.V2.label())
                ? ZeroPointFormat.V2
                : ZeroPointFormat.V1,
            OptionalDouble.empty(),
            false,
            true,
            Optional.empty());
    return GptqMatrix.of(
        vector.id(),
        config,
        scales.shape().getLast().intValue(),
        inputs,
        args.tensor("qweight"),
        args.tensor("qzeros"),
        scales,
        args.has("gIdx") ? Optional.of(args.tensor("gIdx")) : Optional.empty());
  }

  @TestFactory
  @Tag("GPTQ-1")
  @Tag("GPTQ-4")
  Stream<DynamicTest> everyWeightIsExact() {
    return every("gptq/dequantise", GoldenMatricesTest::requireWeights);
  }

  private static void requireWeights(Vector vector) {
    Tensor weights = GoldenVectors.truth(vector, "weight"); // [inputs, outputs]
    GptqMatrix matrix = matrix(vector, weights.shape().getFirst().intValue());
    for (int output = 0; output < matrix.rows(); output++) {
      for (int input = 0; input < matrix.columns(); input++) {
        assertThat(matrix.dequantise(output, input))
            .isEqualTo(weights.floatAt((long) input * matrix.rows() + output));
      }
    }
  }

  @TestFactory
  @Tag("GPTQ-6")
  @Tag("LINEAR-2")
  Stream<DynamicTest> everyProductIsWithinTheSpreadOfOrders() {
    return every("gptq/product", GoldenMatricesTest::requireProduct);
  }

  private static void requireProduct(Vector vector) {
    Arguments args = vector.request().arguments();
    Tensor input = args.tensor("x"); // [tokens, inputs]
    int tokens = input.shape().getFirst().intValue();
    GptqMatrix matrix = matrix(vector, input.shape().getLast().intValue());
    Optional<float[]> bias =
        args.has("bias") ? Optional.of(args.tensor("bias").toFloats()) : Optional.empty();
    for (String set : List.of("scalar", "simd")) {
      try (Kernels kernels = KernelSets.open(set, Numerics.F32, 2)) {
        Activations x = new Activations(input.toFloats(), 0, tokens, matrix.columns());
        Activations y = Activations.zeros(tokens, matrix.rows());
        kernels.linear(matrix, bias).apply(x, y);
        assertThat(GoldenVectors.distance(y, GoldenVectors.truth(vector, "y")))
            .as(set)
            .isLessThanOrEqualTo(GoldenVectors.bound(vector, "y"));
      }
    }
  }
}
