package touchstone.conformance.own;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.Value;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.ZeroPointFormat;
import touchstone.tensor.Activations;
import touchstone.tensor.Tensor;
import touchstone.tensor.WeightMatrix;

/** Answers calls about quantised matrices. */
final class GptqCalls {
  /** What it answers. */
  static final Set<String> CALLS = Set.of("gptq.unpack", "gptq.dequantise", "gptq.product");

  private final OperationCalls operations;
  private final Seams seams;

  GptqCalls(OperationCalls operations, Seams seams) {
    this.operations = operations;
    this.seams = seams;
  }

  /** The outputs of one of {@link #CALLS}. */
  Map<String, Value> answer(String call, Arguments arguments) {
    return switch (call) {
      case "gptq.unpack" -> Map.of("codes", unpack(arguments));
      case "gptq.dequantise" -> Map.of("weight", dequantise(weight(arguments)));
      case "gptq.product" -> Map.of("y", Outputs.rows(product(arguments)));
      default -> throw new IllegalArgumentException("no call about matrices is named " + call);
    };
  }

  private Value unpack(Arguments arguments) {
    Tensor words = arguments.tensor("words");
    int bits = config(arguments.integer("bits"), GptqConfig.NO_GROUPS, ZeroPointFormat.V1).bits();
    int[] codes = new int[arguments.integer("count")];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = seams.code(word -> words.intAt(word), bits, i);
    }
    return Outputs.ints(codes, codes.length);
  }

  private WeightMatrix weight(Arguments arguments) {
    Tensor qweight = arguments.tensor("qweight"); // [inputs / 32 * bits, outputs]
    Tensor scales = arguments.tensor("scales"); // [groups, outputs]
    Optional<Tensor> gIdx =
        arguments.has("gIdx") ? Optional.of(arguments.tensor("gIdx")) : Optional.empty();
    GptqConfig config =
        config(
            arguments.integer("bits"),
            arguments.integer("groupSize"),
            format(arguments.text("format")));
    int outputs = Math.toIntExact(qweight.shape().getLast());
    int inputs = Math.toIntExact(qweight.shape().getFirst() * Integer.SIZE / config.bits());
    GptqMatrix matrix =
        GptqMatrix.of(
            "matrix", config, outputs, inputs, qweight, arguments.tensor("qzeros"), scales, gIdx);
    return seams.weight(new QuantisedModule(matrix, config, gIdx));
  }

  private static ZeroPointFormat format(String label) {
    return Stream.of(ZeroPointFormat.values())
        .filter(format -> format.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                TouchstoneException.of(
                    Fault.UNSUPPORTED, "format", "'" + label + "'", "gptq or gptq_v2"));
  }

  private static GptqConfig config(int bits, int groupSize, ZeroPointFormat format) {
    return new GptqConfig(
        bits,
        groupSize,
        false,
        false,
        format,
        OptionalDouble.empty(),
        false,
        false,
        Optional.empty());
  }

  /** As [inputs, outputs]. */
  private static Value dequantise(WeightMatrix weight) {
    float[] values = new float[weight.columns() * weight.rows()]; // [inputs, outputs]
    for (int input = 0; input < weight.columns(); input++) {
      for (int output = 0; output < weight.rows(); output++) {
        values[input * weight.rows() + output] = weight.dequantise(output, input);
      }
    }
    return Outputs.floats(values, weight.columns(), weight.rows());
  }

  private Activations product(Arguments arguments) {
    WeightMatrix weight = weight(arguments);
    Activations x = OperationCalls.rows(arguments, "x"); // [rows, inputs]
    Activations y = Activations.zeros(x.rows(), weight.rows()); // [rows, outputs]
    operations.kernels().linear(weight, OperationCalls.bias(arguments)).apply(x, y);
    return y;
  }
}
