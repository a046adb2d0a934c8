package touchstone.conformance.profile;

import java.util.EnumMap;
import java.util.Map;
import touchstone.llama.Probe;
import touchstone.llama.ProbePoint;
import touchstone.tensor.Activations;
import touchstone.tensor.Tensor;

/**
 * Compares every intermediate with a recorded one and then puts the recorded one in its place, so
 * that each step of a pass starts from what the other runtime had, and a difference is that step's own.
 * Scores are compared only: what the pass goes on with is not shown.
 */
public final class TeacherForcing implements Probe {
  private final HalfType type;
  private final Map<String, Tensor> recorded;
  private final Map<ProbePoint, Agreement> agreements = new EnumMap<>(ProbePoint.class);

  /**
   * Compares with recorded values.
   *
   * @param type of the recorded values
   * @param recorded by the names of call {@code probes}: {@code embed}, {@code 0.attnNorm}, ...
   */
  public TeacherForcing(HalfType type, Map<String, Tensor> recorded) {
    this.type = type;
    this.recorded = Map.copyOf(recorded);
  }

  /** The name of a point in call {@code probes}. */
  public static String name(ProbePoint point, int layer) {
    return layer == NO_LAYER ? point.label() : layer + "." + point.label();
  }

  @Override
  public boolean wants(ProbePoint point) {
    return recorded.containsKey(name(point, point.perLayer() ? 0 : NO_LAYER));
  }

  @Override
  public void see(ProbePoint point, int layer, Activations values) {
    Tensor tensor = recorded.get(name(point, layer));
    agreements.merge(point, Agreement.of(type, tensor, values), Agreement::plus);
    tensor.copyFloats(0, values.values(), values.offset(), values.rows() * values.columns());
  }

  /** How the points compared so far agree, over all layers. */
  public Map<ProbePoint, Agreement> agreements() {
    return Map.copyOf(agreements);
  }

  /** How all values compared so far agree. */
  public Agreement all() {
    return agreements.values().stream().reduce(Agreement.NONE, Agreement::plus);
  }
}
