package touchstone.conformance.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import touchstone.conformance.diagnosis.DiagnosisMeasurement.Row;
import touchstone.conformance.mutant.Catalogue;
import touchstone.conformance.mutant.Mutant;

/** The page says what was measured, and what was measured is what there is. */
class DiagnosisPageTest {
  private static final Path PAGE = DiagnosisMeasurementTest.DATA.resolveSibling("diagnosis.md");

  private static List<Row> rows(String file) throws IOException {
    return Files.readAllLines(DiagnosisMeasurementTest.DATA.resolve(file)).stream()
        .skip(1)
        .map(Row::of)
        .toList();
  }

  private static List<Row> all(String... files) throws IOException {
    List<Row> all = new ArrayList<>();
    for (String file : files) {
      all.addAll(rows(file));
    }
    return all;
  }

  private static List<Independent> independent(String file) throws IOException {
    return Independent.read(DiagnosisMeasurementTest.DATA.resolve(file));
  }

  @Test
  void thePageIsThatOfTheTables() throws IOException {
    List<Row> singles =
        all(
            "diagnosis-complete.csv",
            "diagnosis-servers.csv",
            "diagnosis-logprobs.csv",
            "diagnosis-rounded.csv");
    List<Row> pairs = all("diagnosis-pairs-complete.csv", "diagnosis-pairs.csv");
    String text =
        new DiagnosisPage(
                singles,
                pairs,
                independent("diagnosis-independent-first.csv"),
                independent("diagnosis-independent.csv"))
            .text();
    if (Boolean.getBoolean("touchstone.diagnosis.write")) {
      Files.writeString(PAGE, text);
    }
    assertThat(PAGE).content().isEqualTo(text);
  }

  @Test
  void everyMistakeWasMeasured() throws IOException {
    assertThat(rows("diagnosis-complete.csv"))
        .extracting(Row::served)
        .containsAll(Catalogue.mutants().stream().map(Mutant::id).toList());
  }
}
