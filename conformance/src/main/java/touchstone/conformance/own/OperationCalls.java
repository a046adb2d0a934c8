package touchstone.conformance.own;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.Value;
import touchstone.kernels.Kernels;
import touchstone.llama.LlamaConfig;
import touchstone.llama.RopeScaling;
import touchstone.llama.RotaryEmbedding;
import touchstone.tensor.Activations;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.KeyValues;
import touchstone.tensor.Tensor;

/** Answers calls of single operations. */
final class OperationCalls {
  /** What it answers. */
  static final Set<String> CALLS =
      Set.of("op.rmsNorm", "op.rope", "op.softmax", "op.attention", "op.swiGlu", "op.linear");

  private static final double THETA = 10_000;
  private static final int PAIR = 2;

  private final Models models;

  OperationCalls(Models models) {
    this.models = models;
  }

  /** The outputs of one of {@link #CALLS}. */
  Map<String, Value> answer(String call, Arguments arguments) {
    Activations y =
        switch (call) {
          case "op.rmsNorm" -> rmsNorm(arguments);
          case "op.rope" -> rope(arguments);
          case "op.softmax" -> softmax(rows(arguments, "x"));
          case "op.attention" -> attention(arguments);
          case "op.swiGlu" -> swiGlu(rows(arguments, "gate"), rows(arguments, "up"));
          case "op.linear" -> linear(arguments);
          default -> throw new IllegalArgumentException("no operation is named " + call);
        };
    return Map.of("y", Outputs.rows(y));
  }

  private Activations rmsNorm(Arguments arguments) {
    Activations x = rows(arguments, "x"); // [rows, dim]
    float epsilon = (float) arguments.real("epsilon");
    Activations y = Activations.zeros(x.rows(), x.columns());
    models
        .kernels(config(1, 1, PAIR, epsilon, THETA))
        .rmsNorm(x, arguments.tensor("gain").toFloats(), epsilon, y);
    return y;
  }

  private Activations rope(Arguments arguments) {
    Activations x = rows(arguments, "x"); // [tokens, heads * headDim]
    int headDim = arguments.integer("headDim");
    LlamaConfig config = config(x.columns() / headDim, 1, headDim, 0, arguments.real("theta"));
    models.kernels(config).rope(x, new RotaryEmbedding(config).table(arguments.ids("positions")));
    return x;
  }

  private Activations softmax(Activations x) {
    Kernels kernels = kernels();
    for (int row = 0; row < x.rows(); row++) {
      float[] scores = x.rows(row, 1).toArray(); // [positions]
      kernels.softmax(scores, scores.length);
      System.arraycopy(scores, 0, x.values(), x.start(row), scores.length);
    }
    return x;
  }

  private Activations attention(Arguments arguments) {
    Activations q = rows(arguments, "q"); // [tokens, heads * headDim]
    Activations k = rows(arguments, "k"); // [positions, kvHeads * headDim]
    int headDim = arguments.integer("headDim");
    int kvHeads = k.columns() / headDim;
    KeyValues cache = KeyValues.allocate(kvHeads, k.rows(), headDim);
    cache.store(0, k, rows(arguments, "v"));
    Activations y = Activations.zeros(q.rows(), q.columns());
    models
        .kernels(config(q.columns() / headDim, kvHeads, headDim, 0, THETA))
        .attend(q, arguments.integer("position"), cache, y);
    return y;
  }

  private Activations swiGlu(Activations gate, Activations up) {
    Activations y = Activations.zeros(gate.rows(), gate.columns());
    kernels().swiGlu(gate, up, y);
    return y;
  }

  private Activations linear(Arguments arguments) {
    Activations x = rows(arguments, "x"); // [rows, in]
    DenseMatrix weight = new DenseMatrix(arguments.tensor("weight")); // [out, in]
    Activations y = Activations.zeros(x.rows(), weight.rows());
    kernels().linear(weight, bias(arguments)).apply(x, y);
    return y;
  }

  static Optional<float[]> bias(Arguments arguments) {
    return arguments.has("bias")
        ? Optional.of(arguments.tensor("bias").toFloats())
        : Optional.empty();
  }

  /** For an operation that knows nothing of a model. */
  Kernels kernels() {
    return models.kernels(config(1, 1, PAIR, 0, THETA));
  }

  /** As much of a model as an operation knows; the rest is as small as it can be. */
  private static LlamaConfig config(
      int heads, int kvHeads, int headDim, float epsilon, double theta) {
    return new LlamaConfig(
        1,
        heads * headDim,
        1,
        1,
        heads,
        kvHeads,
        headDim,
        1,
        epsilon,
        theta,
        new RopeScaling.None(),
        false,
        false,
        false,
        0,
        List.of());
  }

  /** A copy of a tensor: all its extents but the last are rows. */
  static Activations rows(Arguments arguments, String name) {
    Tensor tensor = arguments.tensor(name);
    if (tensor.shape().isEmpty()) {
      throw new IllegalArgumentException(name + " is a scalar");
    }
    int columns = Math.toIntExact(tensor.shape().getLast());
    float[] values = tensor.toFloats();
    return new Activations(values, 0, columns == 0 ? 0 : values.length / columns, columns);
  }
}
