package touchstone.conformance.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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

/** Sources of every type and shape, and those that cannot be quantised. */
class QuantisedSourcesTest {
  @TempDir Path folder;

  private static QuantisationPlan plan(int groupSize) {
    return new QuantisationPlan(
        Method.GPTQ,
        new QuantiserSettings(4, groupSize, true, false, true, false, 0.1, ZeroPointFormat.V1),
        true);
  }

  private static CalibrationSet set(Path source) {
    try (CheckpointDirectory checkpoint = CheckpointDirectory.open(source, true)) {
      LlamaConfig config = checkpoint.config();
      int[] text = new Random(5).ints(200, 0, config.vocab()).toArray();
      return CalibrationSet.draw(text, 2, Math.min(32, config.contextLength()), 1, "text");
    }
  }

  /** With 96 inputs and 160, groups of 64 and 128 leave a short one at the end. */
  @ParameterizedTest
  @CsvSource({
    "tiny-bf16-sharded, 32",
    "tiny-fp16-tied, 64",
    "tiny-fp32-bias, 128",
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

  @ParameterizedTest
  @CsvSource({
    "tiny-rope-linear, 48, 64",
    "tiny-fp32-unaligned, 48, 64",
  })
  void sidesThatDoNotFillWordsAreRefusedBeforeAnythingIsWritten(
      String name, int inputs, int outputs) {
    Path source = GoldenData.path("models/" + name);
    assertThatThrownBy(() -> quantise(source, plan(32)))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.UNSUPPORTED))
        .hasMessage(
            "model.layers.0.self_attn.q_proj: %d inputs, %d outputs (codes are packed in words: both"
                + " must be multiples of 32)",
            inputs, outputs);
    assertThat(folder).isEmptyDirectory();
  }

  private void quantise(Path source, QuantisationPlan plan) {
    Path out = folder.resolve("out");
    Quantising.QUICK.run(source, plan, set(source), out, new Quantising.Silent());
  }

  /** A dynamic RoPE's base depends on the length of the sequence. */
  @Test
  @Tag("CALIB-2")
  void samplesBeyondTheOriginalContextSeeTheirDynamicRope() throws IOException {
    Path source = Files.createDirectory(folder.resolve("dynamic"));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(GoldenData.path("models/tiny-fp32-bias/" + file), source.resolve(file));
    }
    Path config = source.resolve("config.json");
    ObjectNode fields = (ObjectNode) StrictJson.read(config, StrictJson.CONFIG_BYTES);
    fields.put("max_position_embeddings", 16);
    fields.putObject("rope_scaling").put("type", "dynamic").put("factor", 4.0);
    Files.writeString(config, fields.toString());
    CalibrationSet set = set(source);
    assertThat(set.seqLen()).isGreaterThan(16);
    quantise(source, plan(32));
    Recalibration.requireModules(source, folder.resolve("out"), plan(32), set.windows());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void activationsWhoseSquaresOverflowNameTheModuleThatSeesThem(boolean trueSequential) {
    Path bad =
        Dense.model(
            folder.resolve("bad"),
            filled(
                Map.of(
                    "post_attention_layernorm",
                    65504f,
                    "mlp.up_proj",
                    65504f,
                    "mlp.gate_proj",
                    65504f)));
    requireFault(
        bad,
        trueSequential,
        "model.layers.1.mlp.down_proj: squares of feature 0 that sum up to Infinity (");
  }

  /** Squares of what down sees are finite, those of what it makes of that are not. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aResidualStreamThatANormWouldTurnIntoZerosNamesTheModuleThatMakesIt(boolean trueSequential) {
    Path bad =
        Dense.model(
            folder.resolve("bad"),
            filled(
                Map.of(
                    "post_attention_layernorm", 65504f,
                    "mlp.up_proj", 65504f,
                    "mlp.gate_proj", 1f,
                    "mlp.down_proj", 65504f)));
    requireFault(
        bad,
        trueSequential,
        "model.layers.1.mlp.down_proj: outputs after which the squares of sample 0, token ");
  }

  private static UnaryOperator<Tensor> filled(Map<String, Float> values) {
    return tensor ->
        Optional.ofNullable(
                values.get(
                    tensor.name().replaceFirst("^model\\.layers\\.1\\.(.*)\\.weight$", "$1")))
            .map(value -> Dense.filled(tensor, value))
            .orElse(tensor);
  }

  private void requireFault(Path source, boolean trueSequential, String message) {
    QuantisationPlan plan = new QuantisationPlan(Method.GPTQ, plan(32).settings(), trueSequential);
    assertThatThrownBy(() -> quantise(source, plan))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.FORMAT))
        .hasMessageStartingWith(message);
    assertThat(folder.resolve("out")).doesNotExist();
    assertThat(folder.resolve("out.unfinished/layer-000.safetensors")).exists();
    assertThat(folder.resolve("out.unfinished/layer-001.safetensors")).doesNotExist();
  }
}
