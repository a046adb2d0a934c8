package touchstone.conformance.own;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import touchstone.conformance.own.Quantiser.Quantised;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.Value;
import touchstone.gptq.ZeroPointFormat;
import touchstone.kernels.Kernels;
import touchstone.quantize.QuantiserSettings;
import touchstone.tensor.Activations;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.Tensor;

/** Answers the call to quantise a layer. */
public final class QuantiseCalls {
  /** What it answers. */
  public static final Set<String> CALLS = Set.of("gptq.quantise");

  private final Quantiser quantiser;

  /** Answers with a deviation, on kernels that stay open as long as this is used. */
  public QuantiseCalls(Kernels kernels, Seams seams) {
    this.quantiser = seams.quantiser(new OwnQuantiser(kernels));
  }

  /** The outputs of one of {@link #CALLS}. */
  public Map<String, Value> answer(String call, Arguments arguments) {
    return switch (call) {
      case "gptq.quantise" -> outputs(quantised(arguments));
      default -> throw new IllegalArgumentException("no call to quantise is named " + call);
    };
  }

  private Quantised quantised(Arguments arguments) {
    List<Activations> sequences = new ArrayList<>();
    for (JsonNode sequence : arguments.get("calibration")) {
      Tensor tensor = arguments.values().tensor(sequence); // [tokens, inputs]
      sequences.add(new Activations(tensor.toFloats(), 0, extent(tensor, 0), extent(tensor, 1)));
    }
    if (!(arguments.get("settings") instanceof ObjectNode settings)) {
      throw new IllegalArgumentException("argument settings is no object");
    }
    return quantiser.quantise(
        new DenseMatrix(arguments.tensor("weight")),
        sequences,
        settings(new Arguments(settings, arguments.values())));
  }

  /** Codes are asked for, not a file: a zero point of 0 is as good as any. */
  private static QuantiserSettings settings(Arguments settings) {
    return new QuantiserSettings(
        settings.integer("bits"),
        settings.integer("groupSize"),
        settings.flag("actOrder"),
        settings.flag("staticGroups"),
        settings.flag("symmetric"),
        settings.flag("mse"),
        settings.real("damping"),
        ZeroPointFormat.V2);
  }

  private static int extent(Tensor tensor, int dimension) {
    if (tensor.shape().size() != 2) {
      throw new IllegalArgumentException("calibration is [tokens, inputs]");
    }
    return Math.toIntExact(tensor.shape().get(dimension));
  }

  private static Map<String, Value> outputs(Quantised layer) {
    int inputs = layer.groupOf().length;
    int outputs = layer.outputs();
    int groups = layer.groups();
    return Map.of(
        "codes", Outputs.ints(layer.codes(), inputs, outputs),
        "zeros", Outputs.ints(layer.zeros(), groups, outputs),
        "scales", Outputs.halves(layer.scales(), groups, outputs),
        "gIdx", Outputs.ints(layer.groupOf(), inputs),
        "order", Outputs.ints(layer.order(), inputs));
  }
}
