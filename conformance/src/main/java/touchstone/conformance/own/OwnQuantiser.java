package touchstone.conformance.own;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import touchstone.kernels.Kernels;
import touchstone.quantize.GptqSolver;
import touchstone.quantize.Hessian;
import touchstone.quantize.QuantisedLayer;
import touchstone.quantize.QuantiserSettings;
import touchstone.tensor.Activations;
import touchstone.tensor.DenseMatrix;

/** The quantiser of the reference, on a kernel set. */
public final class OwnQuantiser implements Quantiser {
  private final Kernels kernels;

  /** Quantises with kernels that stay open as long as it is used. */
  public OwnQuantiser(Kernels kernels) {
    this.kernels = kernels;
  }

  @Override
  public Quantised quantise(
      DenseMatrix weight, List<Activations> sequences, QuantiserSettings settings) {
    Hessian hessian = new Hessian(weight.tensor().name(), weight.columns(), kernels);
    sequences.forEach(hessian::add);
    QuantisedLayer layer = GptqSolver.solve(weight, hessian, settings, kernels);
    int outputs = layer.outputs();
    int grids = layer.groups() * outputs;
    float[] scales = new float[grids];
    int[] zeros = new int[grids];
    for (int i = 0; i < grids; i++) {
      scales[i] = layer.scale(i / outputs, i % outputs);
      zeros[i] = layer.zero(i / outputs, i % outputs);
    }
    return new Quantised(
        IntStream.range(0, layer.inputs() * outputs)
            .map(i -> layer.code(i % outputs, i / outputs))
            .toArray(),
        zeros,
        scales,
        IntStream.range(0, layer.inputs()).map(layer::groupOf).toArray(),
        order(hessian, settings.actOrder()));
  }

  /** The solver keeps its order to itself; it follows from the diagonal, in which dead inputs are 1. */
  private static int[] order(Hessian hessian, boolean actOrder) {
    IntStream natural = IntStream.range(0, hessian.columns());
    return actOrder
        ? natural
            .boxed()
            .sorted(Comparator.comparing((Integer i) -> -activity(hessian, i)))
            .mapToInt(Integer::intValue)
            .toArray()
        : natural.toArray();
  }

  private static float activity(Hessian hessian, int input) {
    float diagonal = hessian.at(input, input);
    return diagonal == 0 ? 1 : diagonal;
  }
}
