package touchstone.conformance.llama;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.checkpoint.Safetensors;
import touchstone.golden.GoldenData;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.llama.KeyValueCache;
import touchstone.llama.Llama;
import touchstone.llama.Probe;
import touchstone.llama.ProbePoint;
import touchstone.tensor.Activations;
import touchstone.tensor.Tensor;

/**
 * Every golden model gives the logits and intermediates that an independent program computed in
 * double precision. The bound is {@value #FACTOR} times the spread of that program's own fp32 runs
 * over different summation orders (docs/spec/tolerance.md); the generator stores it with the vector.
 *
 * @rules TOL-3 TOL-4 TOL-5
 */
class GoldenLogitsTest {
  private static final int FACTOR = 8;
  private static final int FEWEST_MODELS = 20;
  private static final List<String> READ_OTHERWISE = List.of("mislabelled");

  @TestFactory
  @Tag("MODEL-1")
  @Tag("LAYER-1")
  @Tag("ROPE-1")
  @Tag("ROPE-3")
  @Tag("ROPE-4")
  @Tag("FFN-1")
  @Tag("ATTN-5")
  @Tag("GPTQ-9")
  @Tag("CKPT-4")
  @Tag("CKPT-6")
  @Tag("TOL-3")
  @Tag("TOL-4")
  Stream<DynamicTest> everyGoldenModelOnEveryKernelSet() {
    List<Path> files =
        GoldenVectors.files("model").stream()
            .filter(file -> READ_OTHERWISE.stream().noneMatch(file.toString()::contains))
            .toList();
    assertThat(files).hasSizeGreaterThanOrEqualTo(FEWEST_MODELS);
    return files.stream()
        .flatMap(
            file ->
                Stream.of("scalar", "simd")
                    .map(
                        set ->
                            DynamicTest.dynamicTest(
                                file.getFileName() + " " + set, () -> requireGolden(file, set))));
  }

  @TestFactory
  @Tag("GPTQ-8")
  Stream<DynamicTest> aMislabelledModelIsReadByItsZeroPoints() {
    return GoldenVectors.files("model").stream()
        .filter(file -> file.toString().endsWith("mislabelled-v2.read-as-v2.json"))
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getFileName().toString(), () -> requireGolden(file, "scalar")));
  }

  private static void requireGolden(Path file, String set) {
    JsonNode golden = GoldenVectors.json(file);
    Path tensors = Path.of(file.toString().replace(".json", ".safetensors"));
    try (CheckpointDirectory checkpoint =
            CheckpointDirectory.open(GoldenData.path(golden.get("model").asText()), false);
        Safetensors truth = Safetensors.open(tensors);
        Kernels kernels = KernelSets.open(set, Numerics.F32, 2)) {
      Llama model = Llama.load(checkpoint, kernels);
      assertThat(golden.get("prompts").size()).isGreaterThanOrEqualTo(2);
      for (JsonNode prompt : golden.get("prompts")) {
        requirePrompt(model, prompt, truth);
      }
    }
  }

  private static void requirePrompt(Llama model, JsonNode prompt, Safetensors truth) {
    int[] tokens = GoldenVectors.ints(prompt.get("tokens"));
    List<String> departures = new ArrayList<>();
    Set<String> checked = new HashSet<>();
    Probe comparison =
        (point, layer, values) -> {
          Tensor expected = expected(prompt, truth, point, layer);
          if (expected != null) {
            checked.add(expected.name());
            double bound = FACTOR * spread(prompt).get(point.label()).doubleValue();
            double distance = GoldenVectors.distance(values, expected);
            if (!(distance <= bound)) {
              departures.add(
                  "%s: off by %.3g, bound %.3g".formatted(expected.name(), distance, bound));
            }
          }
        };
    KeyValueCache cache = model.newCache(tokens.length);
    Activations logits = model.forward(tokens, cache, Llama.Rows.ALL, comparison);
    assertThat(logits.rows()).isEqualTo(tokens.length);
    assertThat(departures).as("prompt %s", prompt.get("id").asText()).isEmpty();
    assertThat(checked).hasSize(expectedCount(model, prompt));
  }

  /**
   * The spread of runs in the form of our kernels: those for a quantised matrix apply scale and zero
   * point to sums, not to weights.
   */
  private static JsonNode spread(JsonNode prompt) {
    return prompt.has("spreadGrouped") ? prompt.get("spreadGrouped") : prompt.get("spread");
  }

  private static int expectedCount(Llama model, JsonNode prompt) {
    long perLayer = Stream.of(ProbePoint.values()).filter(ProbePoint::perLayer).count();
    return prompt.has("probes") ? (int) (3 + model.config().layers() * perLayer) : 1;
  }

  private static Tensor expected(JsonNode prompt, Safetensors truth, ProbePoint point, int layer) {
    if (point == ProbePoint.LOGITS) {
      return truth.tensors().get(prompt.get("logits").asText());
    }
    JsonNode probes = prompt.path("probes");
    JsonNode name =
        point.perLayer()
            ? probes.path("layers").path(layer).path(point.label())
            : probes.path(point.label());
    return name.isMissingNode() ? null : truth.tensors().get(name.asText());
  }

  @TestFactory
  @Tag("TOL-5")
  Stream<DynamicTest> greedyContinuationsAreTheRecordedOnes() {
    List<Path> greedy =
        GoldenVectors.files("model").stream()
            .filter(file -> GoldenVectors.json(file).has("greedy"))
            .toList();
    assertThat(greedy).hasSizeGreaterThanOrEqualTo(2);
    return greedy.stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getFileName().toString(), () -> requireGreedy(GoldenVectors.json(file))));
  }

  private static void requireGreedy(JsonNode golden) {
    JsonNode greedy = golden.get("greedy");
    int[] prompt = GoldenVectors.ints(greedy.get("prompt"));
    int[] expected = GoldenVectors.ints(greedy.get("tokens"));
    try (CheckpointDirectory checkpoint =
            CheckpointDirectory.open(GoldenData.path(golden.get("model").asText()), false);
        Kernels kernels = KernelSets.open("scalar", Numerics.F32, 2)) {
      Llama model = Llama.load(checkpoint, kernels);
      KeyValueCache cache = model.newCache(prompt.length + expected.length);
      int[] next = prompt;
      for (int i = 0; i < expected.length; i++) {
        float[] logits = model.next(next, cache);
        int best =
            IntStream.range(0, logits.length)
                .reduce((a, b) -> logits[b] > logits[a] ? b : a)
                .getAsInt();
        assertThat(best).as("step %d", i).isEqualTo(expected[i]);
        next = new int[] {best};
      }
    }
  }
}
