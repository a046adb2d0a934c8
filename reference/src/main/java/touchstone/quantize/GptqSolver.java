package touchstone.quantize;

import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqConfig;
import touchstone.kernels.Kernels;
import touchstone.kernels.ThreadTeam;
import touchstone.tensor.DenseMatrix;

/**
 * GPTQ: rounds the weights of a layer one input after another, and lets the inputs after it make up for
 * the error of each.
 *
 * @source Frantar et al. 2022 (arXiv 2210.17323), algorithm 1; AutoGPTQ v0.4.2 gptq.py, fasterquant
 * @shapes W [outputs, inputs], H [inputs, inputs]
 * @numerics fp32; see the steps
 * @deviation see the steps; codes are those found here, where AutoGPTQ's packer derives them anew from
 *     weights rounded to F16
 * @rules QUANT-5 QUANT-8 QUANT-12
 */
public final class GptqSolver {
  private final Matrix weights; // [outputs, inputs]
  private final QuantiserSettings settings;
  private final Grids grids;
  private final ThreadTeam team;

  private GptqSolver(Matrix weights, QuantiserSettings settings, ThreadTeam team) {
    this.weights = weights;
    this.settings = settings;
    this.grids = new Grids(settings, settings.groups(weights.columns()), weights.rows());
    this.team = team;
  }

  /**
   * Finds the codes of a layer.
   *
   * @param weight [outputs, inputs], both multiples of 32; its tensor's name is in messages
   * @param hessian of the layer's inputs, with one sequence at least
   * @throws TouchstoneException UNSUPPORTED for a shape, FORMAT for a weight that is not finite or a
   *     scale beyond F16, CONFIG if the damping is too small for this Hessian
   */
  public static QuantisedLayer solve(
      DenseMatrix weight, Hessian hessian, QuantiserSettings settings, Kernels kernels) {
    if (hessian.columns() != weight.columns() || hessian.sequences() == 0) {
      throw new IllegalArgumentException(
          "%s: a Hessian of %d inputs and %d sequences for a layer of %d inputs"
              .formatted(
                  weight.tensor().name(),
                  hessian.columns(),
                  hessian.sequences(),
                  weight.columns()));
    }
    Matrix weights = LayerWeights.copy(weight);
    try (ThreadTeam team = new ThreadTeam("gptq", kernels.threads())) {
      return new GptqSolver(weights, settings, team)
          .solve(weight.tensor().name(), hessian, kernels);
    }
  }

  private QuantisedLayer solve(String name, Hessian hessian, Kernels kernels) {
    int inputs = weights.columns();
    if (settings.groupSize() == GptqConfig.NO_GROUPS) {
      grids.findAll(weights, inputs, team); // before dead inputs are silenced
    }
    float[] diagonal = silenceDeadInputs(hessian);
    if (settings.staticGroups() && settings.groupSize() != GptqConfig.NO_GROUPS) {
      grids.findAll(weights, settings.groupSize(), team);
    }
    int[] order = settings.actOrder() ? ActOrder.falling(diagonal) : ActOrder.none(inputs);
    WorkGroups groups = new WorkGroups(settings, order);
    Matrix factor =
        new InverseFactor(hessian, diagonal, order, kernels, team).transposed(settings.damp());
    byte[] codes = new byte[weights.rows() * inputs]; // [outputs, inputs]
    double loss =
        new ErrorFeedback(
                inOrder(order),
                factor,
                groups,
                grids,
                (output, place, code) -> codes[output * inputs + order[place]] = (byte) code,
                kernels,
                team)
            .run();
    return new QuantisedLayer(name, settings, codes, grids, groups.natural(), loss);
  }

  /** Weights of inputs that were never active become 0; the diagonal of H has 1 in their place. */
  private float[] silenceDeadInputs(Hessian hessian) {
    float[] diagonal = new float[weights.columns()];
    for (int input = 0; input < diagonal.length; input++) {
      diagonal[input] = hessian.at(input, input);
      if (diagonal[input] == 0) {
        diagonal[input] = 1;
        for (int output = 0; output < weights.rows(); output++) {
          weights.values()[weights.index(output, input)] = 0;
        }
      }
    }
    return diagonal;
  }

  private Matrix inOrder(int[] order) {
    if (!settings.actOrder()) {
      return weights;
    }
    Matrix ordered = Matrix.zeros(weights.rows(), weights.columns());
    team.split(
        weights.rows(),
        (first, end) -> {
          for (int output = first; output < end; output++) {
            for (int place = 0; place < order.length; place++) {
              ordered.values()[ordered.index(output, place)] = weights.at(output, order[place]);
            }
          }
        });
    return ordered;
  }
}
