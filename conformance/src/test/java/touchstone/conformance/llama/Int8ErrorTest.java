package touchstone.conformance.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.conformance.suite.Vector;
import touchstone.golden.GoldenData;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.llama.Llama;
import touchstone.llama.Probe;
import touchstone.tensor.Activations;
import touchstone.tensor.Tensor;

/** What mode int8 costs: the table of docs/int8-error.md is what is measured here. */
class Int8ErrorTest {
  private static final Path PAGE = GoldenData.root().resolveSibling("docs/int8-error.md");
  private static final List<String> MODELS =
      List.of(
          "tiny-gptq-4bit-32g-actorder",
          "tiny-gptq-4bit-128g",
          "tiny-gptq-3bit-32g-actorder-bias",
          "tiny-gptq-8bit-nogroup",
          "pebble-gptq-4bit-32g",
          "pebble-gptq-4bit-128g",
          "pebble-gptq-3bit-128g");

  @Test
  @Tag("INT8-1")
  @Tag("INT8-2")
  void thePublishedErrorsAreTheMeasuredOnes() throws IOException {
    String page = Files.readString(PAGE);
    assertThat(page).contains(MODELS.stream().map(Int8ErrorTest::row).toList());
  }

  /** One line of the table: root-mean-square of the logits, and of the error in both modes. */
  private static String row(String name) {
    SummaryStatistics truth = new SummaryStatistics();
    SummaryStatistics f32 = new SummaryStatistics();
    SummaryStatistics int8 = new SummaryStatistics();
    try (CheckpointDirectory checkpoint =
        CheckpointDirectory.open(GoldenData.path("models/" + name), false)) {
      for (Vector vector : GoldenVectors.of("logits/" + name)) {
        int[] tokens = vector.request().arguments().ids("tokens");
        Tensor expected = GoldenVectors.truth(vector, "logits");
        add(errors(checkpoint, Numerics.F32, tokens, expected), f32);
        add(errors(checkpoint, Numerics.INT8, tokens, expected), int8);
        for (long i = 0; i < expected.elements(); i++) {
          truth.addValue(expected.doubleAt(i));
        }
      }
    }
    return String.format(
        Locale.ROOT,
        "| %s | %.2f | %.1e | %.1e | %.1e |",
        name,
        truth.getQuadraticMean(),
        f32.getQuadraticMean(),
        int8.getQuadraticMean(),
        int8.getQuadraticMean() / truth.getQuadraticMean());
  }

  private static void add(double[] values, SummaryStatistics statistics) {
    for (double value : values) {
      statistics.addValue(value);
    }
  }

  private static double[] errors(
      CheckpointDirectory checkpoint, Numerics numerics, int[] tokens, Tensor expected) {
    try (Kernels kernels = KernelSets.open(KernelSets.AUTO, numerics, 2)) {
      Llama model = Llama.load(checkpoint, kernels);
      Activations logits =
          model.forward(tokens, model.newCache(tokens.length), Llama.Rows.ALL, Probe.NONE);
      double[] errors = new double[logits.values().length];
      for (int i = 0; i < errors.length; i++) {
        errors[i] = logits.values()[i] - expected.doubleAt(i);
      }
      return errors;
    }
  }
}
