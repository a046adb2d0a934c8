package touchstone.conformance.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.suite.Vector;
import touchstone.golden.GoldenData;

class DiagnosticVectorsTest {
  private static final Path LIST =
      GoldenData.root()
          .resolveSibling("conformance/src/main/resources")
          .resolve("touchstone/conformance/diagnosis/diagnostic-vectors.txt");

  @Test
  void everyDiagnosticVectorIsThere() {
    try (Suite suite = Suite.open(GoldenData.root())) {
      assertThat(DiagnosticVectors.of(suite))
          .extracting(Vector::id)
          .containsExactlyInAnyOrderElementsOf(DiagnosticVectors.ids());
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "touchstone.diagnosis.write", matches = "true")
  void theListIsChosenAnew() throws IOException {
    try (Suite suite = Suite.open(GoldenData.root())) {
      List<String> chosen = DiagnosticVectorsSelection.select(suite).stream().sorted().toList();
      Files.writeString(LIST, String.join("\n", chosen) + "\n");
    }
  }
}
