package touchstone.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.checkpoint.Safetensors;
import touchstone.checkpoint.SafetensorsWriter;
import touchstone.conformance.quantize.Recalibration;
import touchstone.golden.GoldenData;
import touchstone.gptq.ZeroPointFormat;
import touchstone.json.StrictJson;
import touchstone.quantize.CalibrationSet;
import touchstone.quantize.QuantisationPlan;
import touchstone.quantize.QuantisationPlan.Method;
import touchstone.quantize.QuantiserSettings;
import touchstone.tensor.Tensor;
import touchstone.tokenizer.Tokenizer;

/** The settings of the command quantize, from the command line to the codes. */
class QuantizeSettingsTest {
  private static final String TEXT =
      "Gold is rubbed on a dark stone, and the streak that it leaves tells. ".repeat(20);
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final int SEQ_LEN = 24;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "--asym --mse,                            3, 32, true,  false, false, true,  true",
    "--static-groups --no-true-sequential,    4, 64, true,  true,  true,  false, false",
    "--no-act-order,                          2, -1, false, false, true,  false, true",
  })
  @Tag("CALIB-2")
  @Tag("CALIB-4")
  void settingsAreWrittenDownAndDecideTheCodes(
      String options,
      int bits,
      int groupSize,
      boolean actOrder,
      boolean staticGroups,
      boolean symmetric,
      boolean meanSquaredError,
      boolean trueSequential)
      throws IOException {
    Path model = smallModelWithTokenizer();
    Path out = folder.resolve("out");
    Launched.in(folder).run(command(model, out, bits, groupSize, options)).requireResult();

    QuantisationPlan plan =
        new QuantisationPlan(
            Method.GPTQ,
            new QuantiserSettings(
                bits,
                groupSize,
                actOrder,
                staticGroups,
                symmetric,
                meanSquaredError,
                0.1,
                ZeroPointFormat.V1),
            trueSequential);
    try (CheckpointDirectory read = CheckpointDirectory.open(out, true)) {
      assertThat(read.quantisation()).contains(plan.config());
    }
    ObjectNode fields = (ObjectNode) json(out.resolve("quantize_config.json"));
    requireFields(fields, plan);
    requireFields((ObjectNode) json(out.resolve("config.json")).get("quantization_config"), plan);
    CalibrationSet set =
        CalibrationSet.draw(Tokenizer.load(model).encode(TEXT), 2, SEQ_LEN, 0, "text");
    Recalibration.requireSameLogits(out, set.windows().getFirst());
    Recalibration.requireModules(model, out, plan, set.windows());
  }

  /** One layer, which is enough for every setting, with the embeddings that a tokenizer asks for. */
  private Path smallModelWithTokenizer() throws IOException {
    Path tiny = GoldenData.path("models/tiny-fp16-tied");
    Path tokenizer = GoldenData.path("models/pebble/tokenizer.model");
    Path model = Files.createDirectory(folder.resolve("model"));
    Files.copy(tokenizer, model.resolve("tokenizer.model"));
    int vocab = Tokenizer.ofModelFile(tokenizer).vocab();
    ObjectNode config = (ObjectNode) json(tiny.resolve("config.json"));
    Files.writeString(model.resolve("config.json"), config.put("vocab_size", vocab).toString());
    try (Safetensors all = Safetensors.open(tiny.resolve("model.safetensors"))) {
      List<Tensor> tensors =
          all.tensors().values().stream()
              .map(t -> t.name().equals(EMBEDDING) ? repeated(t, vocab) : t)
              .toList();
      SafetensorsWriter.write(model.resolve("model.safetensors"), Map.of(), tensors);
    }
    return model;
  }

  private static Tensor repeated(Tensor rows, int count) {
    byte[] bytes = rows.data().toArray(ValueLayout.JAVA_BYTE);
    int rowBytes = Math.toIntExact(rows.shape().get(1)) * Short.BYTES;
    byte[] more = new byte[count * rowBytes];
    for (int i = 0; i < more.length; i++) {
      more[i] = bytes[i % bytes.length];
    }
    List<Long> shape = List.of((long) count, rows.shape().get(1));
    return new Tensor(rows.name(), rows.dtype(), shape, MemorySegment.ofArray(more));
  }

  private String[] command(Path model, Path out, int bits, int groupSize, String options)
      throws IOException {
    String text = Files.writeString(folder.resolve("text"), TEXT).toString();
    List<String> line = new ArrayList<>();
    line.addAll(List.of("quantize", "--model", model.toString(), "--dataset", text));
    line.addAll(List.of("--bits", String.valueOf(bits), "--group-size=" + groupSize));
    line.addAll(List.of("--samples", "2", "--seq-len", String.valueOf(SEQ_LEN)));
    line.addAll(List.of("--out", out.toString()));
    line.addAll(List.of(options.split(" ")));
    return line.toArray(String[]::new);
  }

  private static JsonNode json(Path file) {
    return StrictJson.read(file, StrictJson.CONFIG_BYTES);
  }

  private static void requireFields(ObjectNode fields, QuantisationPlan plan) {
    QuantiserSettings settings = plan.settings();
    assertThat(fields.get("bits").intValue()).isEqualTo(settings.bits());
    assertThat(fields.get("group_size").intValue()).isEqualTo(settings.groupSize());
    assertThat(fields.get("desc_act").booleanValue()).isEqualTo(settings.actOrder());
    assertThat(fields.get("static_groups").booleanValue()).isEqualTo(settings.staticGroups());
    assertThat(fields.get("sym").booleanValue()).isEqualTo(settings.symmetric());
    assertThat(fields.get("true_sequential").booleanValue()).isEqualTo(plan.trueSequential());
    assertThat(fields.get("damp_percent").doubleValue()).isEqualTo(settings.damp());
  }
}
