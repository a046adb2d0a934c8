package touchstone.conformance.profile;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.conformance.suite.Arguments;
import touchstone.kernels.Kernels;
import touchstone.llama.Probe;
import touchstone.llama.ProbePoint;
import touchstone.tensor.Activations;

/**
 * A recorded pass and, for each of its values, what it may be.
 *
 * @param possible by the names of the values; an element that has no finite value is null
 */
record PossibleValues(RecordedPass pass, Map<String, Interval[]> possible) {

  /** Of a pass whose intermediates are recorded. */
  static PossibleValues ofProbes(RecordedPass pass) {
    Arguments arguments = pass.vector().request().arguments();
    try (CheckpointDirectory stored =
        CheckpointDirectory.open(pass.root().resolve(arguments.text("model")), true)) {
      return new PossibleValues(
          pass,
          HalfOracle.of(stored, pass.profile().type(), arguments.ids("tokens"), pass.values()));
    }
  }

  /** Of attention alone. */
  static PossibleValues ofAttention(RecordedPass pass) {
    Arguments arguments = pass.vector().request().arguments();
    int headDim = arguments.integer("headDim");
    int rows = Math.toIntExact(arguments.tensor("q").shape().get(0));
    HalfAttention heads =
        new HalfAttention(
            pass.profile().type(),
            Math.toIntExact(arguments.tensor("q").shape().get(1)) / headDim,
            Math.toIntExact(arguments.tensor("k").shape().get(1)) / headDim);
    Interval[] scores =
        heads.scores(rows, arguments.tensor("q").toFloats(), arguments.tensor("k").toFloats());
    return new PossibleValues(
        pass, Map.of("y", heads.mix(rows, scores, arguments.tensor("v").toFloats())));
  }

  /** What Transformers gave. */
  Map<String, float[]> recorded() {
    Map<String, float[]> values = new LinkedHashMap<>();
    pass.values().forEach((name, tensor) -> values.put(name, tensor.toFloats()));
    return values;
  }

  /** What the profile gives from recorded values, rounding at some points only. */
  Map<String, float[]> own(Kernels base, Set<RoundingPoint> points) {
    if (pass.isAttention()) {
      return Map.of("y", pass.attention(pass.profile().kernels(base, points)).toArray());
    }
    TeacherForcing forcing = new TeacherForcing(pass.profile().type(), pass.values());
    Map<String, float[]> own = new LinkedHashMap<>();
    pass.forward(
        base,
        points,
        new Probe() {
          @Override
          public void see(ProbePoint point, int layer, Activations values) {
            own.put(TeacherForcing.name(point, layer), values.toArray());
            forcing.see(point, layer, values);
          }
        });
    return own;
  }

  Map<String, float[]> own(Kernels base) {
    return own(base, EnumSet.allOf(RoundingPoint.class));
  }

  /** How many values are impossible, by name; names without any are left out. */
  Map<String, Integer> impossible(Map<String, float[]> found) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    possible.forEach(
        (name, intervals) -> {
          float[] values = found.get(name);
          if (values.length != intervals.length) {
            throw new AssertionError(
                "%s: %d values for %d".formatted(name, values.length, intervals.length));
          }
          for (int i = 0; i < values.length; i++) {
            if (intervals[i] != null && !intervals[i].contains(values[i])) {
              counts.merge(name, 1, Integer::sum);
            }
          }
        });
    return counts;
  }

  /** The part of the values that can be one number only. */
  double decided() {
    Stream<Interval> all =
        possible.values().stream().flatMap(Stream::of).filter(interval -> interval != null);
    return all.mapToInt(interval -> interval.isDecided() ? 1 : 0).average().orElseThrow();
  }
}
