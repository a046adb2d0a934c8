package touchstone.conformance.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.RuntimeDescription;
import touchstone.conformance.suite.Level;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.suite.Vector;
import touchstone.conformance.verify.Bisector;
import touchstone.conformance.verify.Conclusion;
import touchstone.conformance.verify.Deviation;
import touchstone.conformance.verify.Ending;
import touchstone.conformance.verify.Finding;
import touchstone.conformance.verify.KnownFailures;
import touchstone.conformance.verify.Result;
import touchstone.conformance.verify.Selection;
import touchstone.conformance.verify.Verdict;
import touchstone.golden.GoldenData;
import touchstone.json.StrictJson;

/** The record of a run is as its schema says, whatever came of the vectors. */
class RecordSchemaTest {
  private static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
          .getSchema(
              StrictJson.read(
                  GoldenData.path("schemas/report.v1.json"), StrictJson.TOKENIZER_BYTES));

  private static final Deviation WORST =
      new Deviation(
          List.of(0L, 3L),
          new Deviation.Number(1, "3ff0000000000000"),
          new Deviation.Number(Double.NaN, "7fc00000"),
          Double.NaN,
          1e-6,
          Double.POSITIVE_INFINITY);

  private static List<Verdict> verdicts() {
    List<Verdict.Measured> measured = List.of(new Verdict.Measured("y", WORST));
    Finding.Kind kind = Finding.Kind.values()[0];
    Finding finding = new Finding(kind, "y", "off", "1.0", "NaN", Optional.of(WORST));
    Finding bare = new Finding(kind, "y", "absent", "a tensor", "nothing", Optional.empty());
    return List.of(
        new Verdict.Passed(measured, Optional.of("could be better")),
        new Verdict.Acceptable("undecided", List.of()),
        new Verdict.Failed(finding, measured),
        new Verdict.Failed(bare, List.of()),
        new Verdict.Broken("the runtime ended"),
        new Verdict.Skipped("lacks op.softmax"));
  }

  private static Heading heading() {
    RuntimeDescription runtime =
        new RuntimeDescription(
            "rival",
            "1.2",
            "C",
            Optional.of("https://example.org"),
            Set.of("logits"),
            NumericProfile.F16,
            OptionalInt.of(64));
    return new Heading(
        "1.0.0",
        Optional.of("0".repeat(64)),
        "0.1.0",
        runtime,
        NumericProfile.F32,
        "adapter",
        "touchstone verify",
        new Selection(Set.of("a/b/c"), List.of("a"), Set.of(Level.REQUIRED)),
        Instant.EPOCH);
  }

  private static Report report(Vector vector) {
    List<Result> results = new ArrayList<>();
    verdicts().forEach(verdict -> results.add(new Result(vector, verdict, Duration.ofMillis(3))));
    Map<Level, Conclusion.Tally> tallies = new EnumMap<>(Level.class);
    for (Level level : Level.values()) {
      tallies.put(level, Conclusion.Tally.of(results));
    }
    return new Report(
        heading(),
        results,
        new Conclusion(tallies, new Ending.Complete(), false),
        Optional.of(List.of(new KnownFailures.Disagreement("a/b/c", "it passes"))),
        Optional.of(new Bisector.Outcome(Optional.empty(), "no probes")),
        List.of("a sentence"),
        Duration.ofSeconds(1));
  }

  @Test
  void everyLineIsValid() {
    try (Suite suite = Suite.open(GoldenData.root())) {
      List<ObjectNode> lines = RecordLines.of(report(suite.vectors().getFirst()));
      assertThat(lines).hasSize(10);
      for (ObjectNode line : lines) {
        assertThat(SCHEMA.validate(line)).as("%s", line).isEmpty();
        assertThat(SCHEMA.validate(line.deepCopy().put("new", 1))).as("%s", line).isNotEmpty();
      }
    }
  }
}
