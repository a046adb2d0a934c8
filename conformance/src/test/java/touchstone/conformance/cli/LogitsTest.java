package touchstone.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.checkpoint.Safetensors;
import touchstone.golden.GoldenData;
import touchstone.json.StrictJson;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.llama.Llama;
import touchstone.llama.Probe;
import touchstone.tensor.Activations;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;
import touchstone.tokenizer.Tokenizer;

/** The command logits: every format holds the very floats of the forward pass. */
class LogitsTest {
  private static final int[] TOKENS = {1, 447, 100, 465, 112};
  private static final String TOKENS_FLAG = "1,447,100,465,112";

  private static final Map<String, float[]> PROBES = new LinkedHashMap<>();
  private static float[] logits; // [tokens, vocab]

  @TempDir Path folder;

  /** The same pass in this process, by the scalar kernels. */
  @BeforeAll
  static void computeHere() {
    try (CheckpointDirectory checkpoint = CheckpointDirectory.open(Models.PEBBLE, true);
        Kernels kernels = KernelSets.open("scalar", Numerics.F32, 1)) {
      Llama model = Llama.load(checkpoint, kernels);
      Probe probe =
          (point, layer, values) ->
              PROBES.put(
                  point.perLayer() ? "layers." + layer + "." + point.label() : point.label(),
                  values.toArray());
      Activations pass =
          model.forward(TOKENS, model.newCache(TOKENS.length), Llama.Rows.ALL, probe);
      logits = pass.toArray();
    }
  }

  private String run(String... flags) {
    String[] arguments = new String[flags.length + 1];
    arguments[0] = "logits";
    System.arraycopy(flags, 0, arguments, 1, flags.length);
    return Launched.in(folder).run(arguments).requireResult();
  }

  private static float[] floats(JsonNode rows) {
    int columns = rows.get(0).size();
    float[] values = new float[rows.size() * columns];
    for (int i = 0; i < values.length; i++) {
      JsonNode value = rows.get(i / columns).get(i % columns);
      values[i] = Float.parseFloat(value.asText());
    }
    return values;
  }

  private static void requireSameBits(float[] found, float[] expected) {
    assertThat(bits(found)).isEqualTo(bits(expected));
  }

  private static int[] bits(float[] values) {
    return IntStream.range(0, values.length).map(i -> Float.floatToIntBits(values[i])).toArray();
  }

  @Test
  void numpyFileIsByteForByteThis() throws IOException {
    Path file = folder.resolve("all.npy");
    assertThat(run("-t", TOKENS_FLAG, "--all-positions", "-o", file.toString())).isEmpty();
    byte[] bytes = Files.readAllBytes(file);
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (5, 640), }";
    assertThat(Arrays.copyOf(bytes, 10))
        .containsExactly(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0);
    assertThat(new String(bytes, 10, 118, StandardCharsets.US_ASCII))
        .isEqualTo(header + " ".repeat(117 - header.length()) + "\n");
    float[] values = new float[logits.length];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(128).asFloatBuffer().get(values);
    assertThat(bytes).hasSize(128 + 4 * logits.length);
    requireSameBits(values, logits);
  }

  @Test
  void safetensorsFileHoldsEveryProbe() {
    Path file = folder.resolve("all.safetensors");
    run("-t", TOKENS_FLAG, "--all-positions", "--probes", "all", "-o", file.toString());
    try (Safetensors stored = Safetensors.open(file)) {
      assertThat(stored.tensors().keySet()).containsExactlyInAnyOrderElementsOf(PROBES.keySet());
      assertThat(PROBES).hasSize(3 + 3 * 14);
      assertThat(stored.tensors().get("layers.2.scores").shape()).containsExactly(8L * 5, 5L);
      assertThat(stored.tensors().get("layers.0.k").shape()).containsExactly(5L, 128L);
      assertThat(stored.tensors().get("logits").shape()).containsExactly(5L, 640L);
      for (Tensor tensor : stored.tensors().values()) {
        assertThat(tensor.dtype()).isEqualTo(DType.F32);
        requireSameBits(tensor.toFloats(), PROBES.get(tensor.name()));
      }
    }
  }

  @Test
  void jsonGivesBackTheSameBits() throws IOException {
    Path file = folder.resolve("some.json");
    String printed =
        run(
            "-t",
            TOKENS_FLAG,
            "--all-positions",
            "--probes",
            "scores,finalNorm",
            "--json",
            "--kernels",
            "scalar",
            "-o",
            file.toString());
    assertThat(Files.readString(file)).isEqualTo(printed);
    JsonNode root = Models.json(printed);
    assertThat(Models.ints(root.get("tokens"))).isEqualTo(TOKENS);
    requireSameBits(floats(root.get("logits")), logits);
    assertThat(root.get("probes")).hasSize(3 + 1);
    requireSameBits(floats(root.at("/probes/layers.1.scores")), PROBES.get("layers.1.scores"));
    requireSameBits(floats(root.at("/probes/finalNorm")), PROBES.get("finalNorm"));
    assertThat(root.at("/probes/layers.1.scores").get(0).get(4).textValue()).isEqualTo("-Infinity");
  }

  @Test
  void lastPositionOfATextIsTheDefault() {
    JsonNode root = Models.json(run("-p", "The lantern", "--json", "--kernels", "scalar"));
    int[] tokens = Tokenizer.load(Models.PEBBLE).encode("The lantern");
    assertThat(Models.ints(root.get("tokens"))).isEqualTo(tokens);
    assertThat(root.get("logits")).hasSize(1);
    assertThat(root.has("probes")).isFalse();
  }

  @Test
  void greedyContinuationRecordedByTheOracleIsTheBestAtEveryPosition() {
    JsonNode golden =
        StrictJson.read(
                GoldenData.path("vectors/generate/pebble-gptq-4bit-32g.json"),
                StrictJson.CONFIG_BYTES)
            .at("/groups/0/vectors/0");
    int[] prompt = Models.ints(golden.at("/args/tokens"));
    int[] expected = Models.ints(golden.at("/expect/outputs/ids/value"));
    String tokens =
        IntStream.concat(Arrays.stream(prompt), Arrays.stream(expected))
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(" "));
    float[] values =
        floats(
            Models.json(run("-t", tokens, "--all-positions", "--json", "--kernels", "scalar"))
                .get("logits"));
    for (int step = 0; step < expected.length; step++) {
      int row = (prompt.length - 1 + step) * 640;
      int best = 0;
      for (int id = 1; id < 640; id++) {
        best = values[row + id] > values[row + best] ? id : best;
      }
      assertThat(best).as("step %d", step).isEqualTo(expected[step]);
    }
  }

  @Test
  void modelWithoutTokenizerTakesIdsAndShowsTheBestOfThem() {
    String table = run("-m", GoldenData.path("models/tiny-fp32-bias").toString(), "-t", "1,2");
    assertThat(table.lines()).hasSize(6);
    assertThat(table).startsWith("after position 1, token 2\n");
  }
}
