package touchstone.conformance.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.conformance.verify.Finding.Kind;
import touchstone.error.TouchstoneException;

/** The list agrees with a run if exactly the listed vectors fail, and for the listed reasons. */
class KnownFailuresTest {
  @TempDir Path folder;

  private static final Verdict PASSED = new Verdict.Passed(List.of(), Optional.empty());
  private static final Verdict SKIPPED = new Verdict.Skipped("no");
  private static final Verdict VALUE =
      new Verdict.Failed(Finding.of(Kind.VALUE, "y", "y is wrong", "1", "2"), List.of());

  private static Result result(String id, Verdict verdict) {
    return new Result(
        SmallSuite.vectors().stream().filter(v -> v.id().equals(id)).findFirst().orElseThrow(),
        verdict,
        Duration.ZERO);
  }

  private KnownFailures list(String text) throws IOException {
    return KnownFailures.read(Files.writeString(folder.resolve("list.txt"), text));
  }

  private static String why(KnownFailures list, Verdict verdict) {
    List<KnownFailures.Disagreement> found =
        list.check(List.of(result("operation/a", verdict)), true);
    return found.isEmpty() ? "agrees" : found.getFirst().why();
  }

  @Test
  void exactlyTheListedFailuresAgree() throws IOException {
    KnownFailures list = list("# known since 1.0\n\noperation/a  # value y\n");
    assertThat(why(list, VALUE)).isEqualTo("agrees");
    assertThat(why(list("operation/a # val\n"), VALUE)).as("a beginning").isEqualTo("agrees");
    assertThat(why(list(""), PASSED)).isEqualTo("agrees");
    assertThat(why(list(""), SKIPPED)).isEqualTo("agrees");
  }

  @Test
  void aListedVectorThatPassesIsStale() throws IOException {
    KnownFailures list = list("operation/a  # value y\n");
    assertThat(why(list, PASSED)).isEqualTo("listed as failing, and passes");
    assertThat(why(list, new Verdict.Acceptable("", List.of())))
        .isEqualTo("listed as failing, and passes");
  }

  @Test
  void anUnlistedVectorThatFailsIsNews() throws IOException {
    assertThat(why(list(""), VALUE)).isEqualTo("fails (value y) and is not listed");
    assertThat(why(list(""), new Verdict.Broken("x")))
        .isEqualTo("fails (broken) and is not listed");
  }

  @Test
  void aListedVectorThatFailsForAnotherReasonIsStale() throws IOException {
    KnownFailures list = list("operation/a  # value y\n");
    assertThat(why(list, new Verdict.Broken("x")))
        .isEqualTo("listed with 'value y', fails with 'broken'");
  }

  @Test
  void aListedVectorThatIsSkippedIsStale() throws IOException {
    assertThat(why(list("operation/a  # value y\n"), SKIPPED))
        .isEqualTo("listed as failing, and was skipped");
  }

  @Test
  void aListedVectorThatDoesNotExistIsStaleInAWholeRun() throws IOException {
    KnownFailures list = list("operation/gone  # value y\n");
    List<Result> results = List.of(result("operation/a", PASSED));
    assertThat(list.check(results, true)).hasSize(1);
    assertThat(list.check(results, false)).isEmpty();
  }

  @Test
  void aListIsWrittenFromWhatFailedAndAgreesWithIt() throws IOException {
    List<Result> results =
        List.of(
            result("operation/a", VALUE),
            result("operation/b", PASSED),
            result("logits/a", new Verdict.Broken("x")));
    Path file = Files.writeString(folder.resolve("known.txt"), "# ours\nold/one # value z\n");
    KnownFailures.of(results).write(file);
    assertThat(file).hasContent("# ours\noperation/a  # value y\nlogits/a  # broken\n");
    assertThat(KnownFailures.read(file).check(results, true)).isEmpty();
  }

  @Test
  void aLineOfAnotherFormIsRefusedWithItsNumber() {
    assertThatThrownBy(() -> list("operation/a  # value y\noperation/b\n"))
        .isInstanceOf(TouchstoneException.class)
        .hasMessageContaining("line 2: no reason");
    assertThatThrownBy(() -> list("operation/a # x\noperation/a # y\n"))
        .isInstanceOf(TouchstoneException.class)
        .hasMessageContaining("line 2: listed twice");
  }
}
