package touchstone.conformance.diagnosis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import touchstone.conformance.diagnosis.DiagnosisMeasurement.Row;
import touchstone.conformance.profile.RoundingProfile;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.suite.Suite;
import touchstone.golden.GoldenData;

/** Writes docs/data/diagnosis-*.csv; takes many minutes. DiagnosisPageTest makes the page of them. */
@EnabledIfSystemProperty(named = "touchstone.diagnosis.write", matches = "true")
class DiagnosisMeasurementTest {
  static final Path DATA = GoldenData.root().resolveSibling("docs").resolve("data");
  private static final int PAIRS = 200;
  private static final int AT_ONCE = 20;
  private static final List<Integer> PARTS =
      IntStream.iterate(0, from -> from < PAIRS, from -> from + AT_ONCE).boxed().toList();

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
  void everyMistakeIsServedThroughFilesAndAProcess() throws IOException {
    List<RealDoor> doors =
        List.of(RealDoor.files(suite, measurement.checkpoints()), RealDoor.process(suite));
    write("diagnosis-complete.csv", doors, measurement::singles);
  }

  @Test
  void everyMistakeIsServedOverHttp() throws IOException {
    List<RealDoor> doors = new ArrayList<>();
    for (String model : List.of("models/pebble", "models/pebble-gptq-4bit-128g")) {
      doors.add(RealDoor.openAi(suite, measurement.checkpoints(), model));
      doors.add(RealDoor.vllm(suite, measurement.checkpoints(), model));
    }
    write("diagnosis-servers.csv", doors, measurement::singles);
  }

  @Test
  void everyMistakeIsServedAsLogProbabilitiesRoundedAsTransformersRounds() throws IOException {
    List<RealDoor> doors = new ArrayList<>();
    for (RoundingProfile profile : RoundingProfile.values()) {
      doors.add(RealDoor.rounded(suite, measurement.checkpoints(), profile));
    }
    write("diagnosis-rounded.csv", doors, measurement::singles);
  }

  @Test
  void everyMistakeIsServedAsLogProbabilities() throws IOException {
    List<Served> doors = new ArrayList<>();
    for (NumericProfile profile :
        List.of(NumericProfile.F32, NumericProfile.F16, NumericProfile.BF16, NumericProfile.INT8)) {
      doors.add(Served.LOGPROBS.rounding(profile));
    }
    write("diagnosis-logprobs.csv", doors, measurement::singles);
  }

  @Test
  void twoMistakesAreServedAtOnce() throws IOException {
    write("diagnosis-pairs.csv", PARTS, from -> pairs(Served.LOGPROBS, from));
  }

  @Test
  void twoMistakesAreServedAtOnceThroughFiles() throws IOException {
    write("diagnosis-pairs-complete.csv", PARTS, from -> pairs(Served.FILES, from));
  }

  private static List<Row> pairs(Served door, int from) {
    return measurement.pairs(door, from, from + AT_ONCE);
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
