package touchstone.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.conformance.quantize.Dense;
import touchstone.conformance.quantize.Recalibration;
import touchstone.gptq.ZeroPointFormat;
import touchstone.json.StrictJson;
import touchstone.quantize.CalibrationSet;
import touchstone.quantize.QuantisationPlan;
import touchstone.quantize.QuantisationPlan.Method;
import touchstone.quantize.QuantiserSettings;
import touchstone.tokenizer.Tokenizer;

/** Each setting of the command quantize, from the command line to the codes. */
class QuantizeSettingsTest {
  private static final String TEXT =
      "Gold is rubbed on a dark stone, and the streak that it leaves tells. ".repeat(20);
  private static final int SEQ_LEN = 24;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "--asym,                           4, 64,  true,  false, false, false, true",
    "--mse,                            4, 64,  true,  false, true,  true,  true",
    "--static-groups,                  4, 64,  true,  true,  true,  false, true",
    "--no-act-order,                   4, 64,  false, false, true,  false, true",
    "--no-true-sequential,             4, 64,  true,  false, true,  false, false",
    "--asym --mse --static-groups,     3, 128, true,  true,  false, true,  true",
    "--no-act-order --no-true-sequential --asym, 2, -1, false, false, false, false, false",
  })
  @Tag("CALIB-2")
  @Tag("CALIB-4")
  void settingIsWrittenDownAndDecidesTheCodes(
      String options,
      int bits,
      int groupSize,
      boolean actOrder,
      boolean staticGroups,
      boolean symmetric,
      boolean meanSquaredError,
      boolean trueSequential)
      throws IOException {
    Path model = Dense.model(folder.resolve("dense"));
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
