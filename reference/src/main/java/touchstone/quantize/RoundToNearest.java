package touchstone.quantize;

import touchstone.error.TouchstoneException;
import touchstone.kernels.ThreadTeam;
import touchstone.tensor.DenseMatrix;

/**
 * The baseline: every weight is rounded by itself, on grids of consecutive inputs.
 *
 * @source Frantar et al. 2022, section 4, RTN
 * @rules QUANT-2
 */
public final class RoundToNearest {
  private RoundToNearest() {}

  /**
   * Rounds the weights of a layer. Act-order, static groups and damping do not matter.
   *
   * @param weight [outputs, inputs], both multiples of 32; its tensor's name is in messages
   * @throws TouchstoneException UNSUPPORTED for a shape, FORMAT for a weight that is not finite or a
   *     scale beyond F16
   */
  public static QuantisedLayer quantise(DenseMatrix weight, QuantiserSettings settings) {
    Matrix weights = LayerWeights.copy(weight);
    int inputs = weights.columns();
    int[] order = ActOrder.none(inputs);
    int[] groupOf = new WorkGroups(settings, order).natural();
    Grids grids = new Grids(settings, settings.groups(inputs), weights.rows());
    try (ThreadTeam alone = new ThreadTeam("rtn", 1)) {
      grids.findAll(weights, settings.groupSize(inputs), alone);
    }
    byte[] codes = new byte[weights.rows() * inputs]; // [outputs, inputs]
    double loss = 0;
    for (int output = 0; output < weights.rows(); output++) {
      for (int input = 0; input < inputs; input++) {
        Grid grid = grids.at(groupOf[input], output);
        int code = grid.code(weights.at(output, input));
        double error = weights.at(output, input) - grid.value(code);
        loss += error * error;
        codes[output * inputs + input] = (byte) code;
      }
    }
    return new QuantisedLayer(weight.tensor().name(), settings, codes, grids, groupOf, loss / 2);
  }
}
