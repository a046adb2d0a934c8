package touchstone.quantize;

import touchstone.kernels.ThreadTeam;

/** The grids of a layer: one for each group and output. */
final class Grids {
  private final GridSearch search;
  private final int outputs;
  private final int maxCode;
  private final float[] scales; // [groups, outputs]
  private final int[] zeros; // [groups, outputs]

  Grids(QuantiserSettings settings, int groups, int outputs) {
    this.search = new GridSearch(settings);
    this.outputs = outputs;
    this.maxCode = settings.maxCode();
    this.scales = new float[Math.multiplyExact(groups, outputs)];
    this.zeros = new int[scales.length];
  }

  /** Fits the grids of all outputs to groups of consecutive columns. */
  void findAll(Matrix weights, int groupSize, ThreadTeam team) {
    team.split(
        outputs,
        (first, end) -> {
          for (int output = first; output < end; output++) {
            for (int from = 0; from < weights.columns(); from += groupSize) {
              find(from / groupSize, output, weights, from, groupSize);
            }
          }
        });
  }

  /** Fits the grid of one group and output to columns from {@code from} on. */
  void find(int group, int output, Matrix weights, int from, int groupSize) {
    int count = Math.min(groupSize, weights.columns() - from);
    Grid grid = search.find(weights.values(), weights.index(output, from), count);
    scales[group * outputs + output] = grid.scale();
    zeros[group * outputs + output] = grid.zero();
  }

  /** The grid of one group and output. */
  Grid at(int group, int output) {
    int index = group * outputs + output;
    return new Grid(scales[index], zeros[index], maxCode);
  }

  int groups() {
    return scales.length / outputs;
  }

  int outputs() {
    return outputs;
  }
}
