package touchstone.conformance.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import touchstone.checkpoint.AtomicFile;
import touchstone.conformance.runtime.RuntimeDescription;
import touchstone.conformance.suite.Level;
import touchstone.conformance.suite.Vector;
import touchstone.conformance.verify.Bisection;
import touchstone.conformance.verify.Conclusion.Tally;
import touchstone.conformance.verify.Deviation;
import touchstone.conformance.verify.Ending;
import touchstone.conformance.verify.Finding;
import touchstone.conformance.verify.Result;
import touchstone.conformance.verify.Verdict;

/**
 * The record of a run as JSON Lines: a header, a line per vector, what was found beyond, and a footer
 * that says whether the run was complete. Schema: golden-data/schemas/report.v1.json. What JSON has no
 * number for is a string: {@code "NaN"}, {@code "Infinity"}.
 */
public final class RecordLines {
  private static final String SCHEMA = "report.v1.json";

  private RecordLines() {}

  /** Writes the record. */
  public static void write(Report report, Path file) {
    StringBuilder text = new StringBuilder();
    of(report).forEach(line -> text.append(line).append('\n'));
    AtomicFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** The lines of the record. */
  public static List<ObjectNode> of(Report report) {
    List<ObjectNode> lines = new ArrayList<>();
    lines.add(header(report.heading()));
    report.results().forEach(result -> lines.add(vector(result)));
    report
        .bisection()
        .ifPresent(
            outcome -> {
              ObjectNode line = object("bisection").put("sentence", outcome.sentence());
              outcome.bisection().ifPresent(found -> bisection(line, found));
              lines.add(line);
            });
    if (!report.diagnosis().isEmpty()) {
      ObjectNode line = object("diagnosis");
      report.diagnosis().forEach(line.putArray("lines")::add);
      lines.add(line);
    }
    lines.add(footer(report));
    return lines;
  }

  private static ObjectNode object(String record) {
    return JsonNodeFactory.instance.objectNode().put("record", record);
  }

  private static ObjectNode header(Heading heading) {
    ObjectNode line = object("header").put("schema", SCHEMA);
    ObjectNode suite = line.putObject("suite").put("version", heading.suite());
    heading.manifest().ifPresent(manifest -> suite.put("manifest", manifest));
    line.put("touchstone", heading.touchstone());
    line.set("runtime", runtime(heading.runtime()));
    line.put("profile", heading.profile().label())
        .put("door", heading.door())
        .put("rerun", heading.rerun());
    ObjectNode selection = line.putObject("selection");
    ArrayNode vectors = selection.putArray("vectors");
    new TreeSet<>(heading.selection().ids()).forEach(vectors::add);
    heading.selection().topics().forEach(selection.putArray("topics")::add);
    ArrayNode levels = selection.putArray("levels");
    heading.selection().levels().stream().sorted().map(Level::label).forEach(levels::add);
    line.set("host", host());
    return line.put("started", heading.started().truncatedTo(ChronoUnit.SECONDS).toString());
  }

  private static ObjectNode runtime(RuntimeDescription runtime) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", runtime.name())
            .put("version", runtime.version())
            .put("language", runtime.language());
    runtime.homepage().ifPresent(page -> json.put("homepage", page));
    new TreeSet<>(runtime.capabilities()).forEach(json.putArray("capabilities")::add);
    json.put("profile", runtime.profile().label());
    runtime.maxTokens().ifPresent(most -> json.put("maxTokens", most));
    return json;
  }

  private static ObjectNode host() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
        .put("arch", System.getProperty("os.arch"))
        .put("processors", Runtime.getRuntime().availableProcessors())
        .put("java", System.getProperty("java.version"));
  }

  private static ObjectNode vector(Result result) {
    Vector vector = result.vector();
    Verdict verdict = result.verdict();
    ObjectNode line =
        object("vector")
            .put("id", vector.id())
            .put("topic", vector.topic())
            .put("title", vector.title())
            .put("level", vector.level().label());
    vector.rules().forEach(line.putArray("rules")::add);
    vector.notes().forEach(note -> line.withArray("/flags").add(note.flag()));
    line.put("call", vector.request().call()).put("verdict", verdict.label());
    verdict.failure().ifPresent(reason -> line.put("reason", reason));
    verdict.sentence().ifPresent(sentence -> line.put("sentence", sentence));
    if (verdict instanceof Verdict.Failed(Finding finding, _)) {
      line.set("finding", finding(finding));
    }
    ArrayNode measured = line.putArray("measured");
    for (Verdict.Measured output : verdict.measurements()) {
      measured.add(deviation(measured.objectNode().put("output", output.output()), output.worst()));
    }
    return line.put("millis", result.took().toMillis());
  }

  private static ObjectNode finding(Finding finding) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("kind", finding.kind().label())
            .put("output", finding.output())
            .put("expected", finding.expected())
            .put("actual", finding.actual());
    finding
        .worst()
        .ifPresent(
            worst ->
                deviation(json, worst)
                    .put("expectedBits", worst.expected().bits())
                    .put("actualBits", worst.actual().bits()));
    return json;
  }

  private static ObjectNode deviation(ObjectNode json, Deviation worst) {
    worst.index().forEach(json.putArray("index")::add);
    json.set("error", number(worst.error()));
    json.set("bound", number(worst.bound()));
    json.set("ratio", number(worst.ratio()));
    return json;
  }

  private static JsonNode number(double value) {
    return Double.isFinite(value)
        ? JsonNodeFactory.instance.numberNode(value)
        : JsonNodeFactory.instance.textNode(String.valueOf(value));
  }

  private static void bisection(ObjectNode line, Bisection bisection) {
    line.put("vector", bisection.vector().id());
    ArrayNode points = line.putArray("points");
    for (Bisection.Point point : bisection.points()) {
      deviation(points.addObject().put("name", point.name().toString()), point.worst());
    }
    bisection.first().ifPresent(first -> line.set("first", divergence(first)));
  }

  private static ObjectNode divergence(Bisection.Divergence first) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", first.name().toString());
    first.lastRight().ifPresent(name -> json.put("lastRight", name.toString()));
    first.between().forEach(name -> json.withArray("/between").add(name.toString()));
    json.put("operation", first.formula().operation()).put("formula", first.formula().equation());
    first.formula().rules().forEach(json.putArray("rules")::add);
    first
        .excerpt()
        .ifPresent(
            excerpt -> {
              json.put("from", excerpt.from());
              ArrayNode expected = json.putArray("expected");
              ArrayNode actual = json.putArray("actual");
              for (int i = 0; i < excerpt.expected().length; i++) {
                expected.add(number(excerpt.expected()[i]));
                actual.add(number(excerpt.actual()[i]));
              }
            });
    return json;
  }

  private static ObjectNode footer(Report report) {
    ObjectNode line =
        object("footer")
            .put("complete", report.conclusion().ending() instanceof Ending.Complete)
            .put("conforms", report.conclusion().whole() && report.conclusion().conforms())
            .put("exitCode", report.exitCode())
            .put("claim", Claim.of(report));
    ObjectNode counts = line.putObject("counts");
    for (Level level : Level.values()) {
      counts.set(level.name().toLowerCase(Locale.ROOT), tally(report, level));
    }
    report
        .disagreements()
        .ifPresent(
            list -> {
              ArrayNode stale = line.putArray("stale");
              list.forEach(
                  one -> stale.addObject().put("vector", one.vector()).put("why", one.why()));
            });
    return line.put("millis", report.took().toMillis());
  }

  private static ObjectNode tally(Report report, Level level) {
    Tally tally = report.conclusion().tallies().get(level);
    return JsonNodeFactory.instance
        .objectNode()
        .put("passed", tally.passed())
        .put("acceptable", tally.acceptable())
        .put("failed", tally.failed())
        .put("broken", tally.broken())
        .put("skipped", tally.skipped());
  }
}
