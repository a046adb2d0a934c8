package touchstone.quantize;

import touchstone.gptq.GptqConfig;

/**
 * Which group an input is in, by its place in the order of work.
 *
 * <pre>
 * group = place / groupSize            groups follow the order of work
 * group = order[place] / groupSize     static groups follow the natural order
 * </pre>
 *
 * @source AutoGPTQ v0.4.2 gptq.py, g_idx at the end of fasterquant
 * @deviation none
 * @rules QUANT-9
 */
final class WorkGroups {
  private final QuantiserSettings settings;
  private final int[] order; // [inputs]
  private final int size;

  /**
   * The groups of a layer.
   *
   * @param order the input at each place
   */
  WorkGroups(QuantiserSettings settings, int[] order) {
    this.settings = settings;
    this.order = order;
    this.size = settings.groupSize(order.length);
  }

  /** Inputs per group. */
  int size() {
    return size;
  }

  /** The group of the input at a place. */
  int of(int place) {
    return (settings.staticGroups() ? order[place] : place) / size;
  }

  /** Whether a group begins at a place whose grid is not known before. */
  boolean findsGridAt(int place) {
    return !settings.staticGroups()
        && settings.groupSize() != GptqConfig.NO_GROUPS
        && place % size == 0;
  }

  /** The group of each input, in natural order. */
  int[] natural() {
    int[] groupOf = new int[order.length];
    for (int place = 0; place < order.length; place++) {
      groupOf[order[place]] = of(place);
    }
    return groupOf;
  }
}
