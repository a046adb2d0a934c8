package touchstone.conformance.diagnosis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import touchstone.conformance.diagnosis.DiagnosisMeasurement.Row;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.suite.Suite;
import touchstone.golden.GoldenData;

/** Writes docs/data/diagnosis-*.csv and docs/diagnosis.md; takes minutes. */
@EnabledIfSystemProperty(named = "touchstone.diagnosis.write", matches = "true")
class DiagnosisMeasurementTest {
  private static final Path DOCS = GoldenData.root().resolveSibling("docs");
  private static final int PAIRS = Integer.getInteger("touchstone.diagnosis.pairs", 200);

  private static Map<String, Served> doors() {
    Map<String, Served> doors = new LinkedHashMap<>();
    for (NumericProfile profile :
        List.of(NumericProfile.F32, NumericProfile.F16, NumericProfile.BF16, NumericProfile.INT8)) {
      doors.put("files " + profile.label(), Served.FILES.rounding(profile));
      doors.put("logprobs " + profile.label(), Served.LOGPROBS.rounding(profile));
    }
    return doors;
  }

  @Test
  void theTableIsMeasured() throws IOException {
    Map<String, List<Row>> singles = new LinkedHashMap<>();
    Map<String, Row> references = new LinkedHashMap<>();
    Map<String, List<Row>> pairs = new LinkedHashMap<>();
    try (Suite suite = Suite.open(GoldenData.root());
        DiagnosisMeasurement measurement =
            new DiagnosisMeasurement(suite.root(), DiagnosticVectors.of(suite), "scalar", 2)) {
      doors()
          .forEach(
              (name, door) -> {
                singles.put(name, measurement.singles(door));
                references.put(name, measurement.reference(door));
              });
      pairs.put("logprobs f32", measurement.pairs(Served.LOGPROBS, PAIRS));
    }
    csv("diagnosis-single.csv", singles);
    csv("diagnosis-pairs.csv", pairs);
    Files.writeString(
        DOCS.resolve("diagnosis.md"), new DiagnosisPage(singles, references, pairs).text());
  }

  private static void csv(String file, Map<String, List<Row>> rows) throws IOException {
    List<String> lines =
        new ArrayList<>(List.of("door,served,outcome,named,share,confidence,group"));
    rows.forEach((door, its) -> its.forEach(row -> lines.add(row.csv(door))));
    Files.writeString(DOCS.resolve("data").resolve(file), String.join("\n", lines) + "\n");
  }
}
