package touchstone.conformance.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.checkpoint.StoredTensor;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.golden.GoldenData;
import touchstone.gptq.ZeroPointFormat;
import touchstone.json.StrictJson;
import touchstone.llama.LinearModule;
import touchstone.llama.LlamaConfig;
import touchstone.quantize.CalibrationSet;
import touchstone.quantize.QuantisationPlan;
import touchstone.quantize.QuantisationPlan.Method;
import touchstone.quantize.QuantiserSettings;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/** Sources in every type, with shards, biases, tied embeddings and other shapes. */
class QuantisedSourcesTest {
  @TempDir Path folder;

  private static QuantisationPlan plan(int groupSize) {
    return new QuantisationPlan(
        Method.GPTQ,
        new QuantiserSettings(
            4, groupSize, true, false, true, false, 0.1, ZeroPointFormat.V1),
        true);
  }

  private static CalibrationSet set(Path source) {
    try (CheckpointDirectory checkpoint = CheckpointDirectory.open(source, true)) {
      LlamaConfig config = checkpoint.config();
      int[] text = new Random(5).ints(200, 0, config.vocab()).toArray();
      return CalibrationSet.draw(text, 3, Math.min(40, config.contextLength()), 1, "text");
    }
  }

  /** With 96 inputs and 160, groups of 64 and 128 leave a short one at the end. */
  @ParameterizedTest
  @CsvSource({
    "tiny-bf16-sharded, 32",
    "tiny-fp16-tied, 64",
    "tiny-fp32-bias, 128",
    "tiny-fp32-bias, -1",
  })
  @Tag("CALIB-2")
  @Tag("CALIB-3")
  @Tag("CALIB-4")
  void everySourceBecomesAModelThatReadersUnderstand(String name, int groupSize) {
    Path source = GoldenData.path("models/" + name);
    Path out = folder.resolve("out");
    CalibrationSet set = set(source);
    Quantising.QUICK.run(source, plan(groupSize), set, out, new Quantising.Silent());
    Recalibration.requireSameLogits(out, set.windows().getFirst());
    Recalibration.requireModules(source, out, plan(groupSize), set.windows());
    requireTheRestInHalfPrecision(source, out);
  }

  private static void requireTheRestInHalfPrecision(Path source, Path out) {
    try (CheckpointDirectory before = CheckpointDirectory.open(source, true);
        CheckpointDirectory after = CheckpointDirectory.open(out, true)) {
      for (StoredTensor stored : before.tensors()) {
        Tensor from = stored.tensor();
        if (LinearModule.ofAllLayers(before.config())
            .noneMatch(module -> from.name().startsWith(module.name() + "."))) {
          Tensor to = Recalibration.stored(after, from.name());
          assertThat(to.dtype()).as(from.name()).isEqualTo(DType.F16);
          assertThat(to.toFloats())
              .as(from.name())
              .isEqualTo(Recalibration.inHalfPrecision(from.toFloats()));
        }
      }
      assertThat(after.config()).isEqualTo(before.config());
      assertThat(
              StrictJson.read(out.resolve("config.json"), StrictJson.CONFIG_BYTES)
                  .get("torch_dtype")
                  .asText())
          .isEqualTo("float16");
      assertThat(after.tensors().stream().map(s -> s.tensor().name()))
          .as("a tied head is stored once")
          .filteredOn(tensor -> tensor.equals("lm_head.weight"))
          .hasSize(before.config().tiedEmbeddings() ? 0 : 1);
    }
  }

  /** A dynamic RoPE's base depends on how long a sequence is: here longer than the original context. */
  @ParameterizedTest
  @CsvSource({"tiny-rope-linear", "tiny-rope-dynamic", "tiny-fp32-unaligned"})
  void sidesThatDoNotFillWordsAreRefusedBeforeAnythingIsWritten(String name) {
    Path source = GoldenData.path("models/" + name);
    Path out = folder.resolve("out");
    assertThatThrownBy(
            () -> Quantising.QUICK.run(source, plan(32), set(source), out, new Quantising.Silent()))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.UNSUPPORTED))
        .hasMessage("x");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void activationsThatOverflowNameTheModuleThatSeesThem() {
    String gain = "model.layers.1.post_attention_layernorm.weight";
    Path bad =
        Dense.model(
            folder.resolve("bad"),
            tensor ->
                tensor.name().equals(gain) || tensor.name().matches(".*layers\\.1\\.mlp\\.up.*")
                    ? Dense.filled(tensor, 65504)
                    : tensor);
    Path out = folder.resolve("out");
    assertThat(Dense.LAYERS).isGreaterThan(2);
    for (boolean trueSequential : new boolean[] {true, false}) {
      QuantisationPlan plan =
          new QuantisationPlan(Method.GPTQ, plan(32).settings(), trueSequential);
      assertThatThrownBy(
              () -> Quantising.QUICK.run(bad, plan, set(bad), out, new Quantising.Silent()))
          .isInstanceOfSatisfying(
              TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.FORMAT))
          .hasMessage("x");
      assertThat(out).doesNotExist();
    }
  }
}
