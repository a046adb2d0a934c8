package touchstone.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.conformance.cli.Launched.Finished;
import touchstone.golden.GoldenData;

/** A benchmark from start to end, on small models. */
class BenchTest {
  private static final String TINY = GoldenData.path("models/tiny-gptq-4bit-128g").toString();

  @TempDir Path folder;

  private static List<JsonNode> results(Finished finished) {
    JsonNode array = Models.json("{\"results\":" + finished.requireResult() + "}").get("results");
    return StreamSupport.stream(array.spliterator(), false).toList();
  }

  @Test
  void listsGiveEveryCombination() {
    Finished finished =
        Launched.in(folder)
            .run(
                "bench",
                "-m",
                TINY,
                "-p",
                "2",
                "-n",
                "1",
                "-b",
                "1,2",
                "-r",
                "1",
                "--warm-up",
                "0",
                "--kernels",
                "scalar,simd",
                "--threads",
                "1,2",
                "--no-limits",
                "--output",
                "json");
    List<JsonNode> results = results(finished);
    assertThat(results)
        .extracting(
            r ->
                "%s %s %d: %d %d %d"
                    .formatted(
                        r.get("kernels").textValue(),
                        r.get("numerics").textValue(),
                        r.get("n_threads").intValue(),
                        r.get("n_prompt").intValue(),
                        r.get("n_gen").intValue(),
                        r.get("n_sequences").intValue()))
        .hasSize(2 * 2 * 3)
        .doesNotHaveDuplicates()
        .contains("scalar f32 1: 2 0 1", "simd f32 2: 0 1 2");
    assertThat(results)
        .allSatisfy(
            r -> {
              assertThat(r.get("samples_ns")).hasSize(1);
              assertThat(r.get("samples_ns").get(0).longValue()).isPositive();
              assertThat(r.get("avg_ts").doubleValue()).isPositive();
              assertThat(r.get("n_warmup").intValue()).isEqualTo(1);
              assertThat(r.get("read_gb_s").isNull()).isTrue();
            });
  }

  @Test
  void theLimitsOfTheMachineStandBesideTheSpeeds() {
    Finished finished =
        Launched.in(folder)
            .run(
                "bench",
                "-m",
                TINY,
                "-p",
                "0",
                "-n",
                "4",
                "-r",
                "1",
                "--warm-up",
                "0",
                "--threads",
                "1",
                "-o",
                "json");
    JsonNode result = results(finished).getFirst();
    double read = result.get("read_gb_s").doubleValue();
    double fma = result.get("fma_gflop_s").doubleValue();
    assertThat(read).isBetween(0.01, 10_000.0);
    assertThat(fma).isBetween(0.01, 10_000.0);
    assertThat(result.get("share_of_read").doubleValue() * read)
        .isCloseTo(result.get("effective_gb_s").doubleValue(), Percentage.withPercentage(1e-6));
    assertThat(finished.notes()).contains("tg4: ").contains(" in 1 runs after 1 to warm up");
  }

  @Test
  void drawnWeightsAreRefusedWhereTheyDoNotFit() {
    String error =
        Launched.in(folder).java("-Xmx256m").run("bench", "--shape", "llama2-7b").requireFault(79);
    assertThat(error).contains("llama2-7b with 32 layers needs", "TOUCHSTONE_JAVA_OPTIONS=-Xmx");
  }

  @Test
  void aLayerOfDrawnWeightsRuns() {
    Finished finished =
        Launched.in(folder)
            .run(
                "bench",
                "--shape",
                "tinyllama-1.1b",
                "--layers",
                "1",
                "--bits",
                "3",
                "--act-order",
                "-p",
                "2",
                "-n",
                "1",
                "-r",
                "1",
                "--warm-up",
                "0",
                "--numerics",
                "f32,int8",
                "--threads",
                "1",
                "--no-limits",
                "-o",
                "json");
    assertThat(results(finished))
        .hasSize(4)
        .allSatisfy(
            r ->
                assertThat(r.get("model_type").textValue())
                    .isEqualTo("tinyllama-1.1b/1 3-bit g128 act-order"));
  }
}
