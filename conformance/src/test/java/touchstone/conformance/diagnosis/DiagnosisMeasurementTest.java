package touchstone.conformance.diagnosis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import touchstone.conformance.diagnosis.DiagnosisMeasurement.Row;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.suite.Suite;
import touchstone.golden.GoldenData;

/** Writes docs/data/diagnosis-*.csv; takes many minutes. DiagnosisPageTest makes the page of them. */
@EnabledIfSystemProperty(named = "touchstone.diagnosis.write", matches = "true")
class DiagnosisMeasurementTest {
  static final Path DATA = GoldenData.root().resolveSibling("docs").resolve("data");
  private static final int PAIRS = 200;
  private static final int AT_ONCE = 20;

  private static Suite suite;
  private static DiagnosisMeasurement measurement;

  @BeforeAll
  static void open() {
    suite = Suite.open(GoldenData.root());
    measurement = new DiagnosisMeasurement(suite.root(), DiagnosticVectors.of(suite), "scalar", 2);
  }

  @AfterAll
  static void close() {
    measurement.close();
    suite.close();
  }

  @Test
  void everyMistakeIsServedAlone() throws IOException {
    List<Served> doors = new ArrayList<>(List.of(Served.FILES));
    for (NumericProfile profile :
        List.of(NumericProfile.F32, NumericProfile.F16, NumericProfile.BF16, NumericProfile.INT8)) {
      doors.add(Served.LOGPROBS.rounding(profile));
    }
    write("diagnosis-single.csv", doors, measurement::singles);
  }

  @Test
  void twoMistakesAreServedAtOnce() throws IOException {
    List<Integer> parts = new ArrayList<>();
    for (int from = 0; from < PAIRS; from += AT_ONCE) {
      parts.add(from);
    }
    write(
        "diagnosis-pairs.csv",
        parts,
        from -> measurement.pairs(Served.LOGPROBS, from, from + AT_ONCE));
  }

  /** Part by part, so that what was measured stays if it is cut short. */
  private static <P> void write(String file, List<P> parts, Function<P, List<Row>> rows)
      throws IOException {
    List<String> lines = new ArrayList<>(List.of(Row.HEADER));
    for (P part : parts) {
      rows.apply(part).forEach(row -> lines.add(row.csv()));
      Files.writeString(DATA.resolve(file), String.join("\n", lines) + "\n");
    }
  }
}
