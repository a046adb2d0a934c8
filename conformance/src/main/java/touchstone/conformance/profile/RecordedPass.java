package touchstone.conformance.profile;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.Expectation;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.Vector;
import touchstone.kernels.Kernels;
import touchstone.llama.Llama;
import touchstone.llama.Probe;
import touchstone.llama.ProbePoint;
import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;
import touchstone.tensor.Tensor;

/**
 * Something that Transformers computed in a 16-bit type, from the vectors below {@code profiles/}, and
 * the same thing computed under its profile.
 *
 * @param root the folder that models are named from
 * @param vector of call {@code logits}, {@code probes} or {@code op.attention}
 * @param profile that of its type
 * @param values what Transformers gave, by name
 */
public record RecordedPass(
    Path root, Vector vector, RoundingProfile profile, Map<String, Tensor> values) {
  private static final String TOPICS = "profiles/";
  private static final String LOGITS = ProbePoint.LOGITS.label();

  /** All of a suite, in its order; valid while that is open. */
  public static List<RecordedPass> of(Suite suite) {
    return suite.vectors().stream()
        .filter(vector -> vector.topic().startsWith(TOPICS))
        .map(vector -> of(suite.root(), vector))
        .toList();
  }

  private static RecordedPass of(Path root, Vector vector) {
    RoundingProfile profile =
        Stream.of(RoundingProfile.values())
            .filter(each -> vector.topic().endsWith(each.label().replace("hf", "")))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no profile: " + vector.topic()));
    if (!(vector.expectation() instanceof Expectation.Valid(var outputs))) {
      throw new IllegalArgumentException("nothing recorded: " + vector.id());
    }
    Map<String, Tensor> values = new LinkedHashMap<>();
    outputs.forEach(
        (name, output) -> {
          if (output.value() instanceof Value.Numbers(Tensor tensor)) {
            values.put(name, tensor);
          }
        });
    return new RecordedPass(root, vector, profile, values);
  }

  /** Whether every intermediate is recorded. */
  public boolean hasProbes() {
    return vector.request().call().equals("probes");
  }

  /** Whether it is attention alone. */
  public boolean isAttention() {
    return vector.request().call().equals("op.attention");
  }

  /** The model's name, or what else was run. */
  public String subject() {
    String suffix = profile.label().replace("hf", "");
    String subject = vector.topic().substring(TOPICS.length());
    return subject.substring(0, subject.length() - suffix.length());
  }

  /** How a result computed under the profile agrees with the recorded one: logits, or attention. */
  public Agreement compare(Kernels base, Set<RoundingPoint> points) {
    if (isAttention()) {
      return compare("y", attention(profile.kernels(base, points)));
    }
    return compare(LOGITS, forward(base, points, Probe.NONE));
  }

  private Agreement compare(String name, Activations found) {
    return Agreement.of(profile.type(), values.get(name), found);
  }

  /** As {@link #compare} with every rounding point. */
  public Agreement compare(Kernels base) {
    return compare(base, EnumSet.allOf(RoundingPoint.class));
  }

  /** Logits [tokens, vocab] of a pass that a probe watches or steers. */
  public Activations forward(Kernels base, Set<RoundingPoint> points, Probe probe) {
    Arguments arguments = vector.request().arguments();
    int[] tokens = arguments.ids("tokens");
    try (CheckpointDirectory stored =
        CheckpointDirectory.open(root.resolve(arguments.text("model")), false)) {
      Llama llama = Llama.load(profile.checkpoint(stored, points), profile.kernels(base, points));
      return llama.forward(tokens, llama.newCache(tokens.length), Llama.Rows.ALL, probe);
    }
  }

  /** How each step agrees when it starts from recorded values. */
  public TeacherForcing force(Kernels base, Set<RoundingPoint> points) {
    TeacherForcing forcing = new TeacherForcing(profile.type(), values);
    forward(base, points, forcing);
    return forcing;
  }

  /** The result of call {@code op.attention} [tokens, heads * headDim]. */
  public Activations attention(Kernels kernels) {
    Arguments arguments = vector.request().arguments();
    int headDim = arguments.integer("headDim");
    Activations q = rows(arguments.tensor("q"));
    Activations k = rows(arguments.tensor("k"));
    KeyValues cache = KeyValues.allocate(k.columns() / headDim, k.rows(), headDim);
    cache.store(0, k, rows(arguments.tensor("v")));
    Activations y = Activations.zeros(q.rows(), q.columns());
    kernels.attend(q, arguments.integer("position"), cache, y);
    return y;
  }

  private static Activations rows(Tensor tensor) {
    return new Activations(
        tensor.toFloats(),
        0,
        Math.toIntExact(tensor.shape().get(0)),
        Math.toIntExact(tensor.shape().get(1)));
  }
}
