package touchstone.conformance.door;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.conformance.suite.Suite;

final class DumpListTest {
  private static final String VECTORS =
      """
      {"schema": "suite.v1.json", "suite": "1.0.0", "topic": "operation/softmax", "header": [],
       "notes": {}, "groups": [{"source": {}, "vectors": [
         {"id": "operation/softmax/two", "title": "", "level": "required", "rules": [], "flags": [],
          "call": "op.softmax", "args": {"x": {"f32": [2], "bits": "00000000 00000000"}},
          "expect": {"result": "valid", "outputs": {"y": {
            "value": {"f64": [2], "bits": "3fe0000000000000 3fe0000000000000"},
            "accept": {"kind": "bits"}}}}},
         {"id": "operation/softmax/none", "title": "", "level": "optional", "rules": [], "flags": [],
          "call": "op.softmax", "args": {}, "expect": {"result": "invalid", "errors": ["shape"]}}]}]}
      """;

  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(folder.resolve("vectors"));
    Files.writeString(folder.resolve("vectors/softmax.json"), VECTORS);
  }

  @Test
  void listSaysWhatToWriteWhereAndNotWhatIsExpected() {
    try (Suite suite = Suite.open(folder)) {
      JsonNode list = new DumpList(suite.vectors()).json();
      JsonNode two = list.get(0);
      assertThat(two.path("id").asText()).isEqualTo("operation/softmax/two");
      assertThat(two.path("call").asText()).isEqualTo("op.softmax");
      assertThat(two.at("/args/x/bits").asText()).isEqualTo("00000000 00000000");
      assertThat(two.at("/outputs/y").asText()).isEqualTo("floats [2]");
      assertThat(two.path("file").asText()).isEqualTo("operation__softmax__two");
      assertThat(list.toString()).doesNotContain("3fe0");
    }
  }

  @Test
  void tableHasAlignedColumns() {
    try (Suite suite = Suite.open(folder)) {
      List<String> table = new DumpList(suite.vectors()).table();
      assertThat(table)
          .containsExactly(
              "operation__softmax__two   op.softmax  y: floats [2]",
              "operation__softmax__none  op.softmax  error: a refusal, in a .json file");
    }
  }
}
