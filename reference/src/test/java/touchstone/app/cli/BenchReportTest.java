package touchstone.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.golden.GoldenData;
import touchstone.json.StrictJson;
import touchstone.kernels.MachineLimits;
import touchstone.kernels.MachineLimits.Rate;
import touchstone.kernels.Numerics;
import touchstone.llama.LinearModule;

/** What is made of the times of a benchmark. */
class BenchReportTest {
  private static final String[] LLAMA_BENCH = {
    "cpu_info",
    "model_filename",
    "model_type",
    "model_size",
    "model_n_params",
    "n_batch",
    "n_threads",
    "n_prompt",
    "n_gen",
    "test_time",
    "avg_ns",
    "stddev_ns",
    "avg_ts",
    "stddev_ts",
  };
  private static final String[] OWN = {
    "build_version",
    "java_version",
    "bits_per_weight",
    "kernels",
    "numerics",
    "n_sequences",
    "n_warmup",
    "effective_gb_s",
    "gflop_s",
    "read_gb_s",
    "fma_gflop_s",
    "hand_off_ns",
    "share_of_read",
    "share_of_fma",
  };
  private static final String[] SAMPLES = {"samples_ns", "samples_ts"};

  /** Weights of Pebble's layers: 3 of q and o 512 x 512, k and v 128 x 512, the rest 640 x 512. */
  private static final long LAYERS = 3 * (2 * 512 * 512 + 2 * 128 * 512 + 3 * 640 * 512);

  private static final long HEAD = 640 * 512;
  private static final long GAINS = 7 * 512;

  private static CheckpointDirectory pebble;
  private static CountedCheckpoint weights;

  @BeforeAll
  static void readTheModel() {
    pebble = CheckpointDirectory.open(GoldenData.path("models/pebble-gptq-4bit-32g"), false);
    weights = new CountedCheckpoint(pebble);
    LinearModule.ofAllLayers(weights.config()).forEach(module -> weights.matrix(module.name()));
    LinearModule.norms(weights.config()).forEach(weights::gain);
    weights.matrix(LinearModule.HEAD);
    weights.embedding();
  }

  @AfterAll
  static void close() {
    pebble.close();
  }

  private static BenchResult result(BenchTest test, Optional<MachineLimits> limits, long... nanos) {
    return new BenchResult(
        new BenchModel("a \"model\", small", "some/where", pebble, () -> {}),
        weights,
        "scalar",
        Numerics.INT8,
        3,
        test,
        Instant.EPOCH,
        7,
        nanos,
        limits);
  }

  private static Optional<MachineLimits> limits(double read, double fma) {
    return Optional.of(
        new MachineLimits(new Rate(read, 2 * read), new Rate(fma, 2 * fma), 1500, 256));
  }

  private static String output(TableFormat format, BenchResult... results) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(new byte[0]), out, new ByteArrayOutputStream(), false, false);
    TableFormat.Output<BenchResult> output =
        format.to(terminal, BenchFields::of, BenchTable::lines);
    Arrays.stream(results).forEach(output::add);
    output.end();
    terminal.flush();
    return out.toString(StandardCharsets.UTF_8);
  }

  private static JsonNode fields(BenchResult result) {
    String json = output(TableFormat.JSON, result);
    return StrictJson.parse(
            "output", ("{\"results\":" + json + "}").getBytes(StandardCharsets.UTF_8))
        .get("results")
        .get(0);
  }

  @Test
  void jsonHasTheFieldsOfLlamaBenchAndOurOwn() {
    JsonNode fields = fields(result(new BenchTest.Prompt(16), limits(1e9, 1e9), 5, 6));
    assertThat(fields.propertyStream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrder(
            Stream.of(LLAMA_BENCH, OWN, SAMPLES).flatMap(Arrays::stream).toArray(String[]::new));
    assertThat(fields.get("model_type").textValue()).isEqualTo("a \"model\", small");
    assertThat(fields.get("model_filename").textValue()).isEqualTo("some/where");
    assertThat(fields.get("kernels").textValue()).isEqualTo("scalar");
    assertThat(fields.get("numerics").textValue()).isEqualTo("int8");
    assertThat(fields.get("n_threads").intValue()).isEqualTo(3);
    assertThat(fields.get("n_warmup").intValue()).isEqualTo(7);
    assertThat(fields.get("test_time").textValue()).isEqualTo("1970-01-01T00:00:00Z");
    assertThat(fields.get("model_n_params").longValue()).isEqualTo(LAYERS + 2 * HEAD + GAINS);
  }

  @Test
  void jsonIsAnArrayWithALinePerResult() {
    BenchResult result = result(new BenchTest.Prompt(16), Optional.empty(), 5);
    List<String> lines = output(TableFormat.JSON, result, result).lines().toList();
    assertThat(lines).hasSize(4).startsWith("[").endsWith("]");
    assertThat(lines.get(1)).startsWith("{").endsWith("},");
    assertThat(lines.get(2)).startsWith("{").endsWith("}");
  }

  /** Four passes of two rows in 1 s and in 3 s: 8 and 8/3 tokens per second. */
  @Test
  void timesBecomeSpeeds() {
    JsonNode fields =
        fields(result(new BenchTest.Generation(4, 2), limits(1, 1), 1_000_000_000, 3_000_000_000L));
    assertThat(fields.get("n_prompt").intValue()).isZero();
    assertThat(fields.get("n_gen").intValue()).isEqualTo(4);
    assertThat(fields.get("n_sequences").intValue()).isEqualTo(2);
    assertThat(fields.get("n_batch").intValue()).isEqualTo(2);
    assertThat(fields.get("avg_ns").longValue()).isEqualTo(2_000_000_000);
    assertThat(fields.get("stddev_ns").longValue()).isEqualTo(1_414_213_562);
    double mean = 16 / 3.0;
    assertThat(fields.get("avg_ts").doubleValue()).isCloseTo(mean, within(1e-12));
    assertThat(fields.get("stddev_ts").doubleValue()).isCloseTo(mean / Math.sqrt(2), within(1e-12));
    assertThat(fields.get("samples_ns")).hasToString("[1000000000,3000000000]");
    assertThat(fields.get("samples_ts").get(0).doubleValue()).isEqualTo(8);
  }

  @Test
  void speedsAreComparedWithTheLimits() {
    JsonNode fields =
        fields(result(new BenchTest.Generation(4, 2), limits(2e6, 3e6), 1_000_000_000));
    double operations = 2.0 * (LAYERS + HEAD) * 8;
    long bytes =
        LinearModule.ofAllLayers(pebble.config())
            .mapToLong(module -> pebble.matrix(module.name()).storedBytes())
            .sum();
    double read = 4 * (bytes + 2.0 * HEAD);
    assertThat(fields.get("gflop_s").doubleValue()).isCloseTo(operations / 1e9, within(1e-12));
    assertThat(fields.get("effective_gb_s").doubleValue()).isCloseTo(read / 1e9, within(1e-12));
    assertThat(fields.get("bits_per_weight").doubleValue())
        .isCloseTo(8.0 * bytes / LAYERS, within(1e-12));
    assertThat(fields.get("share_of_read").doubleValue()).isCloseTo(read / 2e6, within(1e-9));
    assertThat(fields.get("share_of_fma").doubleValue()).isCloseTo(operations / 3e6, within(1e-9));
    assertThat(fields.get("hand_off_ns").doubleValue()).isEqualTo(1500);
  }

  /** All rows go through the layers, the last one through the head, and weights are read once. */
  @Test
  void aPromptIsOnePass() {
    JsonNode fields = fields(result(new BenchTest.Prompt(16), Optional.empty(), 1_000_000_000));
    assertThat(fields.get("n_prompt").intValue()).isEqualTo(16);
    assertThat(fields.get("n_gen").intValue()).isZero();
    assertThat(fields.get("n_batch").intValue()).isEqualTo(16);
    assertThat(fields.get("avg_ts").doubleValue()).isCloseTo(16, within(1e-12));
    assertThat(fields.get("gflop_s").doubleValue())
        .isCloseTo(2.0 * (16 * LAYERS + HEAD) / 1e9, within(1e-12));
  }

  @Test
  void withoutLimitsThereIsNothingToCompareWith() {
    JsonNode fields = fields(result(new BenchTest.Prompt(16), Optional.empty(), 5));
    for (String name : List.of("read_gb_s", "fma_gflop_s", "share_of_read", "share_of_fma")) {
      assertThat(fields.get(name).isNull()).as(name).isTrue();
    }
    assertThat(output(TableFormat.MD, result(new BenchTest.Prompt(16), Optional.empty(), 5)))
        .contains("3 threads: limits not measured\n")
        .contains(" - |");
  }

  @Test
  void csvHasAColumnForEveryFieldButTheSamples() {
    BenchResult result = result(new BenchTest.Prompt(16), Optional.empty(), 5);
    List<String> lines = output(TableFormat.CSV, result, result).lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0).split(","))
        .containsExactlyInAnyOrder(
            Stream.of(LLAMA_BENCH, OWN).flatMap(Arrays::stream).toArray(String[]::new));
    assertThat(lines.get(1))
        .contains(",\"a \"\"model\"\", small\",")
        .contains(",\"int8\",3,16,16,0,1,7,")
        .endsWith(",,");
    assertThat(lines.get(2)).isEqualTo(lines.get(1));
  }

  @Test
  void theTableIsAlignedAndStandsBelowTheLimits() {
    List<String> lines =
        output(
                TableFormat.MD,
                result(new BenchTest.Prompt(16), limits(40e9, 400e9), 5_000_000),
                result(new BenchTest.Generation(8, 1), limits(44e9, 200e9), 123_456, 654_321),
                result(new BenchTest.Generation(8, 4), limits(45e9, 300e9), 777))
            .lines()
            .toList();
    assertThat(lines.get(0)).contains(" processors; Java ").endsWith("; vectors of 256 bits");
    assertThat(lines.get(1))
        .isEqualTo(
            "3 threads: reads 44.0 GB/s (best 90.0), FMA 300 GFLOP/s (best 800), hand-off 1.5 us");
    assertThat(lines.get(2)).isEmpty();
    List<String> table = lines.subList(3, lines.size());
    assertThat(table)
        .hasSize(5)
        .allSatisfy(line -> assertThat(bars(line)).isEqualTo(bars(table.get(0))));
    assertThat(table.get(0)).startsWith("| model").contains("t/s |", "% of read", "% of FMA");
    assertThat(table.get(1)).matches("[|: -]+");
    assertThat(table.get(2)).contains("| pp16 ", " 3200.00 ± 0.00 |");
    assertThat(table.get(3)).contains("| tg8 ");
    assertThat(table.get(4)).contains("| tg8 b4 ");
  }

  private static List<Integer> bars(String line) {
    return IntStream.range(0, line.length()).filter(i -> line.charAt(i) == '|').boxed().toList();
  }
}
