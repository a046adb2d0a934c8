package touchstone.conformance.report;

import static org.assertj.core.api.Assertions.assertThat;
import static touchstone.conformance.verify.Vectors.f32;
import static touchstone.conformance.verify.Vectors.numbers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.Request;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.Vector;
import touchstone.conformance.verify.Bisector;
import touchstone.conformance.verify.Conclusion;
import touchstone.conformance.verify.FakeRuntime;
import touchstone.conformance.verify.KnownFailures.Disagreement;
import touchstone.conformance.verify.Result;
import touchstone.conformance.verify.Selection;
import touchstone.conformance.verify.SmallSuite;
import touchstone.conformance.verify.Vectors;
import touchstone.conformance.verify.Verifier;

/** Every report holds every failure, is well formed, and needs nothing from elsewhere. */
class ReportTest {
  private static final int FAILURES_IN_FULL = 5;
  private static final List<Vector> VECTORS = SmallSuite.vectors();
  private static final Function<Request, Reply> TRUTH = FakeRuntime.truth(VECTORS);
  private static final String RERUN = "touchstone verify --adapter './a <b> & \"c\"'";

  @TempDir Path folder;

  private static Report report(
      Function<Request, Reply> answers, Selection selection, Optional<List<Disagreement>> stale) {
    FakeRuntime runtime = FakeRuntime.of(VECTORS, answers);
    Verifier.Run run =
        new Verifier(runtime, NumericProfile.F32, false, (_, _, _) -> {})
            .verify(VECTORS, Path.of("."));
    return new Report(
        new Heading(
            "1.0.0",
            Optional.of("ab".repeat(32)),
            "0.1.0",
            runtime.description(),
            NumericProfile.F32,
            "adapter",
            RERUN,
            selection,
            Instant.EPOCH),
        run.results(),
        Conclusion.of(run, selection.isWhole()),
        stale,
        Optional.of(new Bisector(runtime, NumericProfile.F32).bisect(VECTORS, run.results())),
        List.of("it is <b>this</b> mistake"),
        Duration.ofMillis(1500));
  }

  private static Report right() {
    return report(TRUTH, Selection.USUAL, Optional.empty());
  }

  /** Fails in many ways: numbers, NaN, text, no answer, an answer where none was due. */
  private static Report wrong() {
    return report(ReportTest::wrong, Selection.USUAL, Optional.empty());
  }

  private static Reply wrong(Request request) {
    return switch (request.vector()) {
      case "tokenizer/a" -> new Reply.Result(Map.of("ids", Vectors.data("[1,\"<i>\\u0000&\"]")));
      case "operation/a" -> eight("y", 9);
      case "logits/a" -> eight("logits", Float.NaN);
      case "logits/b" -> new Reply.Broken("ended with <code> 139");
      case "logits/c/a" -> new Reply.Skipped("too tired");
      case "checkpoint/bad" -> new Reply.Result(Map.of());
      case "probes/a" -> {
        Map<String, Value> outputs = new HashMap<>(((Reply.Result) TRUTH.apply(request)).outputs());
        outputs.put("0.attn", numbers(f32(1, 2, 3, 4, 5, 6, 7, 9)));
        yield new Reply.Result(outputs);
      }
      default -> TRUTH.apply(request);
    };
  }

  private static Reply eight(String output, float first) {
    return new Reply.Result(Map.of(output, numbers(f32(first, 2, 3, 4, 5, 6, 7, 8))));
  }

  private static List<String> failed() {
    return List.of(
        "tokenizer/a", "operation/a", "logits/a", "logits/b", "probes/a", "checkpoint/bad");
  }

  @Test
  void theExitCodeSaysWhatCameOfIt() {
    assertThat(right().exitCode()).isZero();
    assertThat(wrong().exitCode()).isEqualTo(1);
    assertThat(report(_ -> new Reply.Broken("x"), Selection.USUAL, Optional.empty()).exitCode())
        .isEqualTo(76);
  }

  @Test
  void aListOfKnownFailuresDecidesInstead() {
    assertThat(report(ReportTest::wrong, Selection.USUAL, Optional.of(List.of())).exitCode())
        .isZero();
    List<Disagreement> stale = List.of(new Disagreement("a/b", "listed as failing, and passes"));
    Report report = report(TRUTH, Selection.USUAL, Optional.of(stale));
    assertThat(report.exitCode()).isEqualTo(1);
    assertThat(String.join("\n", TerminalReport.lines(report, false))).contains("a/b: listed as");
    assertThat(HtmlReport.of(report)).contains("a/b: listed as");
    assertThat(String.join("\n", MarkdownReport.lines(report))).contains("`a/b`: listed as");
  }

  @Test
  void theClaimIsOneSentenceThatHidesNothing() {
    assertThat(Claim.of(right()))
        .isEqualTo(
            "Fake 1.0 (profile f32) conforms to Touchstone suite 1.0.0 (manifest abababababab): "
                + "8 required vectors passed, 0 failed, 0 skipped.");
    assertThat(Claim.of(wrong()))
        .contains("does not conform to")
        .contains("2 required vectors passed, 6 failed, 0 skipped.");
    Selection part = new Selection(Set.of(), List.of("logits"), Selection.USUAL_LEVELS);
    assertThat(Claim.of(report(TRUTH, part, Optional.empty())))
        .contains("passes a part of")
        .doesNotContain("conforms");
    Function<Request, Reply> lazy =
        request ->
            request.call().equals("logits") ? new Reply.Skipped("no logits") : TRUTH.apply(request);
    assertThat(Claim.of(report(lazy, Selection.USUAL, Optional.empty())))
        .endsWith("6 required vectors passed, 0 failed, 2 skipped (no logits: 2).");
  }

  @Test
  void theRecordHasALineForEveryVectorBetweenHeaderAndFooter() throws IOException {
    Path file = folder.resolve("record.jsonl");
    RecordLines.write(wrong(), file);
    List<JsonNode> lines = Files.readString(file).lines().map(Vectors::json).toList();
    assertThat(lines.getFirst().path("record").asText()).isEqualTo("header");
    assertThat(lines.getFirst().path("runtime").path("name").asText()).isEqualTo("Fake");
    assertThat(lines)
        .filteredOn(line -> line.path("record").asText().equals("vector"))
        .extracting(line -> line.path("id").asText())
        .containsExactlyElementsOf(VECTORS.stream().map(Vector::id).toList());
    JsonNode footer = lines.getLast();
    assertThat(footer.path("complete").asBoolean()).isTrue();
    assertThat(footer.path("conforms").asBoolean()).isFalse();
    assertThat(footer.path("exitCode").asInt()).isEqualTo(1);
    assertThat(footer.path("counts").path("required").path("failed").asInt()).isEqualTo(5);
    assertThat(footer.path("counts").path("required").path("broken").asInt()).isEqualTo(1);
  }

  @Test
  void aFailureInTheRecordHasItsNumbersAndBits() {
    ObjectNode line =
        RecordLines.of(wrong()).stream()
            .filter(l -> l.path("id").asText().equals("operation/a"))
            .findFirst()
            .orElseThrow();
    JsonNode finding = line.path("finding");
    assertThat(line.path("reason").asText()).isEqualTo("value y");
    assertThat(finding.path("actualBits").asText()).isEqualTo("41100000");
    assertThat(finding.path("expectedBits").asText()).isEqualTo("3ff0000000000000");
    assertThat(finding.path("error").asDouble()).isEqualTo(8);
    assertThat(finding.path("bound").asDouble()).isEqualTo(0x1p-17);
    assertThat(finding.path("ratio").asDouble()).isEqualTo(0x1p20);
    JsonNode nan =
        RecordLines.of(wrong()).stream()
            .filter(l -> l.path("id").asText().equals("logits/a"))
            .findFirst()
            .orElseThrow();
    assertThat(nan.path("finding").path("error").asText()).isEqualTo("NaN");
  }

  @Test
  void anIncompleteRunSaysSo() {
    Report report = report(_ -> new Reply.Broken("x"), Selection.USUAL, Optional.empty());
    assertThat(RecordLines.of(report).getLast().path("complete").asBoolean()).isFalse();
    assertThat(String.join("\n", TerminalReport.lines(report, false)))
        .contains("The adapter is wrong");
  }

  @Test
  void theXmlIsWellFormedAndCountsOnlyWhatDecides() throws Exception {
    Path file = folder.resolve("junit.xml");
    JUnitReport.write(wrong(), file);
    Document xml =
        DocumentBuilderFactory.newDefaultNSInstance().newDocumentBuilder().parse(file.toFile());
    assertThat(xml.getElementsByTagName("testcase").getLength()).isEqualTo(VECTORS.size());
    assertThat(xml.getElementsByTagName("failure").getLength()).isEqualTo(5);
    assertThat(xml.getElementsByTagName("error").getLength()).isEqualTo(1);
    assertThat(xml.getElementsByTagName("skipped").getLength()).isEqualTo(1);
    assertThat(xml.getElementsByTagName("failure").item(0).getTextContent()).contains(RERUN);
  }

  @Test
  void thePageNeedsNothingFromElsewhere() {
    String page = HtmlReport.of(wrong());
    assertThat(page)
        .doesNotContain("http://", "https://", "<script", "<link", "<img", "@import", "url(");
    assertThat(Pattern.compile("(?:href|src)=\"(?!#)").matcher(page).find()).isFalse();
    assertThat(page).contains("prefers-color-scheme: dark", "name=\"viewport\"");
  }

  @Test
  void thePageShowsEveryFailureWithItsCommand() {
    String page = HtmlReport.of(wrong());
    for (String id : failed()) {
      assertThat(page).contains(">" + id + "</span>");
      assertThat(page).contains("&amp; &quot;c&quot;' --vector " + id + "</code>");
    }
    assertThat(page)
        .contains("class=\"first\">attn</span>")
        .contains("class=\"plot scroll\"")
        .contains("softmax(s)[p] v[p]");
    assertThat(Pattern.compile("<circle class=\"bad\"").matcher(page).results()).hasSize(1);
  }

  @Test
  void whatARuntimeSaysDoesNotBecomeMarkup() {
    String page = HtmlReport.of(wrong());
    assertThat(page)
        .doesNotContain("<b>this</b>", "with <code> 139", "<i>\\u0000")
        .contains("it is &lt;b&gt;this&lt;/b&gt; mistake", "with &lt;code&gt; 139");
    String text = String.join("\n", MarkdownReport.lines(wrong()));
    assertThat(text).doesNotContain("<b>this").contains("it is \\<b\\>this");
  }

  @Test
  void everyElementOfThePageIsClosed() {
    String page = HtmlReport.of(wrong());
    for (String tag : List.of("div", "span", "section", "details", "table", "svg", "p", "ul")) {
      long opened = Pattern.compile("<" + tag + "[ >]").matcher(page).results().count();
      long closed = Pattern.compile("</" + tag + ">").matcher(page).results().count();
      assertThat(closed).as(tag).isEqualTo(opened);
    }
  }

  @Test
  void theTerminalPrintsEveryFailureHowToAskAgainAndTheClaimLast() {
    List<String> lines = TerminalReport.lines(wrong(), false);
    String text = String.join("\n", lines);
    assertThat(failed()).hasSizeGreaterThan(FAILURES_IN_FULL);
    failed().forEach(id -> assertThat(text).contains("FAIL " + id));
    failed().stream()
        .limit(FAILURES_IN_FULL)
        .forEach(id -> assertThat(text).contains(RERUN + " --vector " + id));
    assertThat(text).contains("Rerun one: " + RERUN + " --vector ID");
    assertThat(lines.getLast()).isEqualTo(Claim.of(wrong()));
    assertThat(text).doesNotContain("\u001b").contains("   1  too tired");
    assertThat(String.join("\n", TerminalReport.lines(wrong(), true))).contains("\u001b[31m");
  }

  @Test
  void markdownHoldsEveryFailureAndItsCommand() {
    String text = String.join("\n", MarkdownReport.lines(wrong()));
    for (String id : failed()) {
      assertThat(text).contains("### " + id).contains("--vector " + id + "`");
    }
  }

  @Test
  void aSectionOfManyTopicsIsOneLine() {
    Result one =
        new Result(VECTORS.getFirst(), right().results().getFirst().verdict(), Duration.ZERO);
    assertThat(TopicRow.of(List.of(one)).getFirst().title()).isEqualTo("tokenizer");
    List<Result> many =
        IntStream.range(0, 9)
            .mapToObj(
                i ->
                    new Result(
                        Vectors.valid("logits/m" + i + "/v", "logits"),
                        one.verdict(),
                        Duration.ZERO))
            .toList();
    assertThat(TopicRow.of(many)).hasSize(1);
    assertThat(TopicRow.of(many).getFirst().title()).isEqualTo("logits (9 topics)");
    assertThat(TopicRow.of(many.subList(0, 8))).hasSize(8);
  }
}
