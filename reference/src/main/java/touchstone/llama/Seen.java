package touchstone.llama;

import touchstone.tensor.Activations;

/** A probe together with the layer that is being computed. */
record Seen(Probe probe, int layer) {
  boolean wants(ProbePoint point) {
    return probe.wants(point);
  }

  void see(ProbePoint point, Activations values) {
    if (probe.wants(point)) {
      probe.see(point, layer, values);
    }
  }
}
