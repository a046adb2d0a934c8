package touchstone.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.error.Fault;
import touchstone.golden.GoldenData;
import touchstone.json.StrictJson;

/** The command branches: the table of a card, computed. */
class BranchesTest {
  @TempDir Path folder;

  private static JsonNode json(String... flags) {
    String[] arguments = new String[flags.length + 3];
    arguments[0] = "branches";
    arguments[1] = "-o";
    arguments[2] = "json";
    System.arraycopy(flags, 0, arguments, 3, flags.length);
    String out = "{\"rows\":" + Outcome.of(arguments).requireResult() + "}";
    return StrictJson.parse("output", out.getBytes(StandardCharsets.UTF_8)).get("rows");
  }

  @Test
  @Tag("BRANCH-1")
  @Tag("BRANCH-2")
  void tableIsTheCardOfTheLargestModel() {
    List<String> lines = Outcome.of("branches").requireResult().lines().toList();
    assertThat(lines).hasSize(8);
    assertThat(lines.get(0).split(" *\\| *"))
        .containsExactly(
            "",
            "Branch",
            "Bits",
            "GS",
            "Act Order",
            "Damp %",
            "GPTQ Dataset",
            "Seq Len",
            "Size",
            "ExLlama",
            "Desc");
    assertThat(lines.get(2).split(" *\\| *"))
        .startsWith("", "main", "4", "None", "Yes", "0.1", "wikitext", "4096", "35.33 GB", "Yes");
    assertThat(lines.get(7).split(" *\\| *"))
        .startsWith(
            "",
            "gptq-3bit-32g-actorder_True",
            "3",
            "32",
            "Yes",
            "0.1",
            "wikitext",
            "4096",
            "31.84 GB",
            "No");
    assertThat(lines).allSatisfy(line -> assertThat(line).hasSameSizeAs(lines.getFirst()));
  }

  @Test
  void jsonHasTheSameInNumbers() {
    JsonNode rows = json();
    assertThat(rows).hasSize(6);
    assertThat(rows.get(1).propertyStream().map(Map.Entry::getKey))
        .containsExactly(
            "branch",
            "bits",
            "group_size",
            "act_order",
            "damp_percent",
            "dataset",
            "sequence_length",
            "size_bytes",
            "exllama",
            "description");
    assertThat(rows.get(1).get("branch").textValue()).isEqualTo("gptq-4bit-128g-actorder_True");
    assertThat(rows.get(1).get("size_bytes").longValue()).isEqualTo(36_652_007_424L);
    assertThat(rows.get(0).get("group_size").intValue()).isEqualTo(-1);
    assertThat(rows.get(3).get("exllama").booleanValue()).isFalse();
  }

  @Test
  void csvHasALineOfNamesAndOnePerBranch() {
    List<String> lines = Outcome.of("branches", "--output", "csv").requireResult().lines().toList();
    assertThat(lines).hasSize(7);
    assertThat(lines.get(0))
        .isEqualTo(
            "branch,bits,group_size,act_order,damp_percent,dataset,sequence_length,size_bytes,exllama,description");
    assertThat(lines.get(1))
        .startsWith("\"main\",4,-1,true,0.1,\"wikitext\",4096,35331866624,true,");
  }

  /** The bytes of a directory whose files were written by another program. */
  @Test
  void shapeOfADirectoryGivesTheBytesOfItsTensors() {
    Path tiny = GoldenData.path("models/tiny-gptq-4bit-32g-actorder");
    try (CheckpointDirectory checkpoint = CheckpointDirectory.open(tiny, true)) {
      assertThat(json("-m", tiny.toString()).get(2).get("size_bytes").longValue())
          .isEqualTo(checkpoint.totalBytes());
    }
  }

  @Test
  void otherShapesHaveOtherSizes() {
    assertThat(json("--shape", "llama2-13b").get(1).get("size_bytes").longValue())
        .isBetween(7_250_000_000L, 7_270_000_000L);
  }

  @Test
  void directoriesWithoutAShapeAreRefused() throws IOException {
    assertThat(Outcome.of("branches", "-m", "nowhere").requireFault(Fault.MISSING).err())
        .isEqualTo(
            "error: nowhere: no such directory (--model takes a folder with a config.json)\n");
    Outcome.of("branches", "-m", folder.toString()).requireFault(Fault.MISSING);
    Path config = GoldenData.path("models/pebble/config.json");
    ObjectNode odd = (ObjectNode) StrictJson.read(config, StrictJson.CONFIG_BYTES);
    Files.writeString(folder.resolve("config.json"), odd.put("intermediate_size", 641).toString());
    assertThat(
            Outcome.of("branches", "-m", folder.toString()).requireFault(Fault.UNSUPPORTED).err())
        .startsWith("error: config.json: a model whose matrices cannot be packed: ");
  }
}
