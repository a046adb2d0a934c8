package touchstone.conformance.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.conformance.suite.Accept;
import touchstone.conformance.suite.Vector;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.llama.KeyValueCache;
import touchstone.llama.Llama;
import touchstone.llama.Probe;
import touchstone.llama.ProbePoint;
import touchstone.tensor.Activations;

/**
 * Every golden model gives the logits and intermediates that an independent program computed in
 * double precision. The bound is 8 times the spread of that program's own fp32 runs over different
 * summation orders (docs/spec/tolerance.md); it is stored with the vector.
 *
 * @rules TOL-3 TOL-4 TOL-5
 */
class GoldenLogitsTest {
  private static final int FEWEST_MODELS = 20;

  private static Stream<DynamicTest> onEverySet(String topic, BiConsumer<Vector, Llama> check) {
    return GoldenVectors.of(topic).stream()
        .flatMap(
            vector ->
                Stream.of("scalar", "simd")
                    .map(
                        set ->
                            DynamicTest.dynamicTest(
                                vector.id() + " " + set, () -> withModel(vector, set, check))));
  }

  private static void withModel(Vector vector, String set, BiConsumer<Vector, Llama> check) {
    try (CheckpointDirectory checkpoint =
            CheckpointDirectory.open(GoldenVectors.model(vector), false);
        Kernels kernels = KernelSets.open(set, Numerics.F32, 2)) {
      check.accept(vector, Llama.load(checkpoint, kernels));
    }
  }

  @TestFactory
  @Tag("MODEL-1")
  @Tag("LAYER-1")
  @Tag("ROPE-1")
  @Tag("ROPE-3")
  @Tag("ROPE-4")
  @Tag("FFN-1")
  @Tag("ATTN-5")
  @Tag("GPTQ-8")
  @Tag("GPTQ-9")
  @Tag("CKPT-4")
  @Tag("CKPT-6")
  @Tag("TOL-3")
  @Tag("TOL-4")
  Stream<DynamicTest> everyGoldenModelOnEveryKernelSet() {
    assertThat(GoldenVectors.of("logits").stream().map(Vector::topic).distinct())
        .hasSizeGreaterThanOrEqualTo(FEWEST_MODELS);
    return onEverySet("logits", GoldenLogitsTest::requireLogits);
  }

  private static void requireLogits(Vector vector, Llama model) {
    int[] tokens = vector.request().arguments().ids("tokens");
    KeyValueCache cache = model.newCache(tokens.length);
    Activations logits = model.forward(tokens, cache, Llama.Rows.ALL, Probe.NONE);
    assertThat(GoldenVectors.distance(logits, GoldenVectors.truth(vector, "logits")))
        .isLessThanOrEqualTo(GoldenVectors.bound(vector, "logits"));
  }

  @TestFactory
  @Tag("TOL-3")
  @Tag("TOL-4")
  Stream<DynamicTest> everyIntermediateValueOnEveryKernelSet() {
    return onEverySet("probes", GoldenLogitsTest::requireProbes);
  }

  private static void requireProbes(Vector vector, Llama model) {
    int[] tokens = vector.request().arguments().ids("tokens");
    List<String> departures = new ArrayList<>();
    Set<String> checked = new HashSet<>();
    Probe comparison =
        (point, layer, values) -> {
          String name = point.perLayer() ? layer + "." + point.label() : point.label();
          checked.add(name);
          double bound = GoldenVectors.bound(vector, name);
          double distance = GoldenVectors.distance(values, GoldenVectors.truth(vector, name));
          if (!(distance <= bound)) {
            departures.add("%s: off by %.3g, bound %.3g".formatted(name, distance, bound));
          }
        };
    model.forward(tokens, model.newCache(tokens.length), Llama.Rows.ALL, comparison);
    assertThat(departures).isEmpty();
    long perLayer = Stream.of(ProbePoint.values()).filter(ProbePoint::perLayer).count();
    assertThat(checked).hasSize((int) (3 + model.config().layers() * perLayer));
  }

  @TestFactory
  @Tag("TOL-5")
  Stream<DynamicTest> greedyContinuationsAreTheRecordedOnes() {
    List<Vector> greedy = GoldenVectors.of("generate");
    assertThat(greedy).hasSizeGreaterThanOrEqualTo(2);
    return greedy.stream()
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    vector.id(),
                    () -> withModel(vector, "scalar", GoldenLogitsTest::requireGreedy)));
  }

  private static void requireGreedy(Vector vector, Llama model) {
    int[] prompt = vector.request().arguments().ids("tokens");
    int[] expected = GoldenVectors.ids(vector, "ids");
    Accept.Tokens accept = (Accept.Tokens) GoldenVectors.output(vector, "ids").accept();
    KeyValueCache cache = model.newCache(prompt.length + expected.length);
    int[] next = prompt;
    for (int i = 0; i < expected.length; i++) {
      float[] logits = model.next(next, cache);
      int best =
          IntStream.range(0, logits.length)
              .reduce((a, b) -> logits[b] > logits[a] ? b : a)
              .getAsInt();
      assertThat(best).as("step %d", i).isEqualTo(expected[i]);
      assertThat(accept.margins().doubleAt(i))
          .as("margin of step %d", i)
          .isGreaterThan(2 * GoldenVectors.bound(vector, "ids"));
      next = new int[] {best};
    }
  }
}
