package touchstone.conformance.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.suite.Vector;
import touchstone.conformance.verify.Ending;
import touchstone.conformance.verify.Result;
import touchstone.conformance.verify.Verdict;
import touchstone.conformance.verify.Verifier;
import touchstone.golden.GoldenData;

/** Whatever an adapter does instead of computing, it passes nothing and the examination ends. */
@EnabledOnOs(
    value = {OS.LINUX, OS.MAC},
    disabledReason = "the adapters here are shell scripts")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CheatingVerdictTest {
  private static final String ANSWER = "echo '{\"seq\":'$n',\"result\":{\"y\":%s}}'";
  private static final String X =
      "\"$(echo \"$l\" | sed 's/.*\"args\":{\"x\":\\({[^}]*}\\).*/\\1/'%s)\"";

  private Suite suite;
  private List<Vector> vectors;

  @BeforeAll
  void open() {
    suite = Suite.open(GoldenData.root());
    vectors =
        suite.vectors().stream()
            .filter(vector -> vector.request().call().equals("op.softmax"))
            .filter(vector -> !vector.request().arguments().json().toString().contains("file"))
            .toList();
    assertThat(vectors).hasSizeGreaterThan(5);
  }

  @AfterAll
  void close() {
    suite.close();
  }

  private Verifier.Run examined(Path folder, String answer) {
    try (ProcessRuntime runtime =
        ShellAdapter.polite(
            folder, ShellAdapter.LITTLE, "n=0", "while read l; do n=$((n+1))", answer, "done")) {
      return new Verifier(runtime, runtime.description().profile(), false, (_, _, _) -> {})
          .verify(vectors, suite.root());
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "echoes the request | echo \"$l\"",
        "ends | exit 3",
        "ends at the third call | if [ $n -ge 3 ]; then exit 3; fi; NAN",
        "hangs | sleep 600",
        "closes its output | exec >&-; sleep 600",
        "answers NaN | NAN",
        "answers infinity | INFINITY",
        "answers nothing | echo '{\"seq\":'$n',\"result\":{}}'",
        "answers no elements | echo '{\"seq\":'$n',\"result\":{\"y\":{\"f32\":[0],\"bits\":\"\"}}}'",
        "answers under another name | echo '{\"seq\":'$n',\"result\":{\"z\":1}}'",
        "answers with text | echo '{\"seq\":'$n',\"result\":{\"y\":\"right\"}}'",
        "refuses | echo '{\"seq\":'$n',\"error\":{\"class\":\"shape\",\"message\":\"no\"}}'",
        "skips | echo '{\"seq\":'$n',\"skipped\":{\"reason\":\"no\"}}'",
        "answers twice | NAN; NAN",
        "answers another number | n=$((n+1)); NAN",
        "points to a file of the system | echo '{\"seq\":'$n',\"result\":{\"y\":{\"file\":\"/etc/passwd\",\"tensor\":\"y\"}}}'",
        "points to a folder | echo '{\"seq\":'$n',\"result\":{\"y\":{\"file\":\"/tmp\",\"tensor\":\"y\"}}}'",
        "floods | exec yes",
      })
  void passesNothing(String cheat, String script, @TempDir Path folder) {
    Verifier.Run run = examined(folder, withValues(script));
    assertThat(run.results())
        .extracting(Result::verdict)
        .noneMatch(verdict -> verdict instanceof Verdict.Passed)
        .noneMatch(verdict -> verdict instanceof Verdict.Acceptable);
    assertThat(run.ending() instanceof Ending.Unusable || fails(run)).as(cheat).isTrue();
  }

  private static boolean fails(Verifier.Run run) {
    return run.results().stream().anyMatch(result -> result.verdict().isFailure());
  }

  /** The argument with its numbers made others; its shape is right. */
  private static String withValues(String script) {
    return script.replace("NAN", answer("7fc00000")).replace("INFINITY", answer("7f800000"));
  }

  private static String answer(String bits) {
    String words = " | sed 's/[0-9a-f]\\{8\\}/" + bits + "/g'";
    return ANSWER.formatted("'" + X.formatted(words) + "'");
  }
}
