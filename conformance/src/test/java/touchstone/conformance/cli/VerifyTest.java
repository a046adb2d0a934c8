package touchstone.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.error.Fault;
import touchstone.golden.GoldenData;

/** {@code touchstone verify} from its options to its exit code, on two topics of the golden data. */
class VerifyTest {
  private static final String MISTAKE = "norm-epsilon-outside";

  @TempDir Path folder;
  private Path golden;

  /** A golden folder of two small topics, so that a whole run takes no time. */
  @BeforeEach
  void smallGoldenData() throws IOException {
    golden = folder.resolve("golden");
    Files.createDirectories(golden.resolve("models"));
    Files.createDirectories(golden.resolve("vectors/operation"));
    for (String topic : List.of("operation/rms-norm", "operation/swiglu")) {
      Files.copy(
          GoldenData.path("vectors/" + topic + ".json"),
          golden.resolve("vectors/" + topic + ".json"));
    }
  }

  private Launched.Finished verify(String... options) {
    String[] arguments = new String[options.length + 3];
    arguments[0] = "verify";
    arguments[1] = "--golden";
    arguments[2] = golden.toString();
    System.arraycopy(options, 0, arguments, 3, options.length);
    return Launched.in(folder).run(arguments);
  }

  private static String claim(Launched.Finished run) {
    return run.out().lines().reduce((_, last) -> last).orElse("");
  }

  @Test
  void touchstoneItselfConformsAndWritesItsReports() {
    Path reports = folder.resolve("reports");
    Launched.Finished run = verify("--own", "--kernels", "scalar", "--report", reports.toString());
    assertThat(run.code()).as(run.out() + run.notes()).isZero();
    assertThat(claim(run)).contains("conforms to Touchstone suite").contains("0 failed");
    assertThat(reports.resolve("record.jsonl")).content().contains("\"complete\":true");
    assertThat(reports.resolve("report.html")).content().contains("</html>");
    assertThat(reports.resolve("report.md")).isNotEmptyFile();
    assertThat(reports.resolve("junit.xml")).isNotEmptyFile();
  }

  @Test
  void aKnownMistakeFailsAndSaysHowToAskAgain() {
    Launched.Finished run = verify("--own", "--mutant", MISTAKE);
    assertThat(run.code()).isEqualTo(1);
    String rerun =
        "Rerun: touchstone verify --own --mutant %s --golden %s --vector %s"
            .formatted(MISTAKE, golden, "operation/rms-norm/eps-dominates");
    assertThat(run.out()).contains("FAIL operation/rms-norm/eps-dominates").contains(rerun);
    assertThat(claim(run)).contains("does not conform");
    Launched.Finished again =
        verify("--own", "--mutant", MISTAKE, "--vector", "operation/rms-norm/eps-dominates");
    assertThat(again.code()).isEqualTo(1);
    assertThat(claim(again)).contains("fails a part of").contains("1 failed");
  }

  @Test
  void knownFailuresAreStrictFromTheFirstListToTheLastRepair() throws IOException {
    String list = folder.resolve("known.txt").toString();
    Launched.Finished fixed =
        verify("--own", "--mutant", MISTAKE, "--known-failures", list, "--fix");
    assertThat(fixed.code()).as(fixed.out()).isZero();
    assertThat(Path.of(list)).content().contains("operation/rms-norm/eps-dominates  # value y");
    assertThat(verify("--own", "--mutant", MISTAKE, "--known-failures", list).code()).isZero();
    Launched.Finished repaired = verify("--own", "--known-failures", list);
    assertThat(repaired.code()).isEqualTo(1);
    assertThat(repaired.out()).contains("eps-dominates: listed as failing, and passes");
    verify("--own", "--topic", "operation", "--known-failures", list, "--fix")
        .requireFault(Fault.USAGE.exitCode());
  }

  @Test
  void theSameDoorIsOpenToTouchstoneItself() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String adapter =
        "%s -p %s -m touchstone.reference/touchstone.app.cli.Main adapter --golden %s"
            .formatted(java, System.getProperty("jdk.module.path"), golden);
    Launched.Finished run = verify("--adapter", adapter, "--topic", "operation/swiglu");
    assertThat(run.code()).as(run.out() + run.notes()).isZero();
    assertThat(claim(run)).contains("passes a part of");
  }

  @Test
  void anAdapterThatDoesNotSpeakAsAgreedIsNoVerdictOnARuntime() {
    for (String adapter : List.of("cat", "true", "/no/such/program")) {
      verify("--adapter", adapter).requireFault(Fault.PROTOCOL.exitCode());
    }
  }

  @Test
  void theListNamesWhatWouldBeAsked() {
    String list = verify("--list", "--topic", "operation/swiglu").requireResult();
    assertThat(list).contains("op.swiGlu").doesNotContain("rms-norm");
  }

  @Test
  void whatMakesNoSenseIsSaidAtOnce() {
    int usage = Fault.USAGE.exitCode();
    assertThat(verify().requireFault(usage)).contains("no runtime given");
    assertThat(verify("--own", "--vector", "a/b").requireFault(usage)).contains("'a/b'");
    assertThat(verify("--own", "--mutant", "epsilon-inside").requireFault(usage))
        .contains("norm-epsilon-outside")
        .doesNotContain("rope");
    assertThat(verify("--own", "--files", ".").requireFault(usage)).contains("two runtimes given");
    assertThat(verify("--own", "--profile", "f8").requireFault(usage)).contains("'f8'");
    Launched.in(folder)
        .run("verify", "--own", "--golden", folder.resolve("nosuch").toString())
        .requireFault(Fault.MISSING.exitCode());
  }

  @Test
  void helpListsTheCommandAndItsExitCodes() {
    String help = Launched.in(folder).run("--help").requireResult();
    assertThat(help).containsPattern("(?m)^  verify +").containsPattern("(?m)^  adapter +");
    assertThat(help).containsPattern("(?m)^ +1 +of verify").containsPattern("(?m)^ +76 +");
  }
}
