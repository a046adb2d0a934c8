package touchstone.llama;

import touchstone.tensor.Activations;

/**
 * A listener that sees every named intermediate of a forward pass. What it is shown is reused
 * afterwards: a listener that keeps values copies them.
 */
public interface Probe {
  /** The layer number given with values that belong to no layer. */
  int NO_LAYER = -1;

  /** Sees nothing. */
  Probe NONE =
      new Probe() {
        @Override
        public boolean wants(ProbePoint point) {
          return false;
        }

        @Override
        public void see(ProbePoint point, int layer, Activations values) {}
      };

  /** Whether this listener is to be shown a point at all; scores cost extra work to show. */
  default boolean wants(ProbePoint point) {
    return true;
  }

  /**
   * Receives the values of a point.
   *
   * @param layer from 0, or {@link #NO_LAYER}
   * @param values with the shape that {@link ProbePoint} gives
   */
  void see(ProbePoint point, int layer, Activations values);
}
