package touchstone.app.cli;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;
import touchstone.llama.Probe;
import touchstone.llama.ProbePoint;
import touchstone.tensor.Activations;

/** Keeps copies of chosen intermediates. */
final class ProbeRecorder implements Probe {
  private final Set<ProbePoint> points;
  private final SequencedMap<String, Activations> recorded = new LinkedHashMap<>();

  ProbeRecorder(Set<ProbePoint> points) {
    this.points = points;
  }

  @Override
  public boolean wants(ProbePoint point) {
    return points.contains(point);
  }

  @Override
  public void see(ProbePoint point, int layer, Activations values) {
    String name = point.perLayer() ? "layers.%d.%s".formatted(layer, point.label()) : point.label();
    recorded.put(name, new Activations(values.toArray(), 0, values.rows(), values.columns()));
  }

  /** What was seen, in the order in which it arose. */
  SequencedMap<String, Activations> recorded() {
    return recorded;
  }
}
