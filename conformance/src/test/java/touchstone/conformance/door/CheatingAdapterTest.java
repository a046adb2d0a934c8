package touchstone.conformance.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static touchstone.conformance.door.ShellAdapter.HELLO;
import static touchstone.conformance.door.ShellAdapter.LITTLE;
import static touchstone.conformance.door.ShellAdapter.PATIENCE;
import static touchstone.conformance.door.ShellAdapter.RIGHT;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.conformance.runtime.Reply;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

@EnabledOnOs(
    value = {OS.LINUX, OS.MAC},
    disabledReason = "the adapters here are shell scripts")
final class CheatingAdapterTest {
  @TempDir Path folder;

  private void assertBroken(String because, String... lines) {
    try (ProcessRuntime runtime = ShellAdapter.polite(folder, PATIENCE, lines)) {
      assertThat(runtime.run(Asked.SOFTMAX))
          .isInstanceOfSatisfying(
              Reply.Broken.class, broken -> assertThat(broken.what()).contains(because));
    }
  }

  private void assertRefusedAtHello(String because, String... lines) {
    assertThatThrownBy(() -> ShellAdapter.start(folder, LITTLE, lines).close())
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.PROTOCOL))
        .hasMessageContaining(because);
  }

  @Test
  void rightAnswersAreTaken() {
    try (ProcessRuntime runtime =
        ShellAdapter.polite(folder, PATIENCE, "read run", "echo '" + RIGHT + "'", "read bye")) {
      assertThat(runtime.description().name()).isEqualTo("cheat");
      assertThat(runtime.run(Asked.SOFTMAX)).isInstanceOf(Reply.Result.class);
    }
  }

  @Test
  void echoOfTheRequestIsNoAnswer() {
    assertBroken("unknown fields [args, call, op, vector]", "while read l; do echo \"$l\"; done");
  }

  @Test
  void crashAtHelloNamesTheCodeAndTheLastWords() {
    assertRefusedAtHello(
        "ended with code 3; its standard error ends with: No module named torch",
        "read hello",
        "echo 'No module named torch' >&2",
        "exit 3");
  }

  @Test
  void crashAtACallCostsThatCallAndTheNextFindsANewProcess() {
    try (ProcessRuntime runtime =
        ShellAdapter.polite(
            folder,
            PATIENCE,
            "read run",
            "[ -e '" + folder + "/second' ] || { touch '" + folder + "/second'; exit 139; }",
            "echo '" + RIGHT.replace("\"seq\":1", "\"seq\":2") + "'",
            "read bye")) {
      assertThat(runtime.run(Asked.SOFTMAX))
          .isEqualTo(new Reply.Broken("the adapter ended with code 139"));
      assertThat(runtime.run(Asked.SOFTMAX)).isInstanceOf(Reply.Result.class);
    }
  }

  @Test
  void adapterThatStartsNoMoreIsGivenUp() {
    try (ProcessRuntime runtime =
        ShellAdapter.start(
            folder,
            PATIENCE,
            "[ -e '" + folder + "/second' ] && exit 1",
            "touch '" + folder + "/second'",
            "read hello",
            "echo '" + HELLO + "'",
            "exit 0")) {
      for (int i = 0; i < 4; i++) {
        assertThat(runtime.run(Asked.SOFTMAX)).isInstanceOf(Reply.Broken.class);
      }
      assertThat(runtime.run(Asked.SOFTMAX))
          .isEqualTo(new Reply.Broken("the adapter is given up: 3 starts in a row failed"));
    }
  }

  @Test
  void hangIsEndedWhenPatienceIs() {
    try (ProcessRuntime runtime = ShellAdapter.polite(folder, LITTLE, "read run", "sleep 600")) {
      assertThat(runtime.run(Asked.SOFTMAX))
          .isEqualTo(
              new Reply.Broken(
                  "the adapter gave no answer within 1500 ms; does it flush after each line?"));
    }
  }

  @Test
  void requestThatIsNeverReadDoesNotBlock() {
    String zeros = "00000000 ".repeat(1 << 16);
    try (ProcessRuntime runtime = ShellAdapter.polite(folder, LITTLE, "sleep 600")) {
      assertThat(
              runtime.run(
                  Asked.of(
                      "op.softmax", "{\"x\": {\"f32\": [65536], \"bits\": \"" + zeros + "\"}}")))
          .isEqualTo(new Reply.Broken("the adapter did not read a request within 1500 ms"));
    }
  }

  @Test
  void closedPipeIsToldFromAnEnd() {
    assertBroken("closed its standard output and runs on", "read run", "exec >&-", "sleep 600");
  }

  @Test
  void floodOnStandardErrorNeitherBlocksNorFillsMemory() {
    try (ProcessRuntime runtime =
        ShellAdapter.polite(
            folder,
            PATIENCE,
            "read run",
            "head -c 50000000 /dev/zero >&2",
            "echo '" + RIGHT + "'",
            "read bye")) {
      assertThat(runtime.run(Asked.SOFTMAX)).isInstanceOf(Reply.Result.class);
    }
  }

  @Test
  void floodOnStandardOutputIsCutOff() {
    assertBroken("a line of more than 16 MiB", "read run", "exec cat /dev/zero");
    assertBroken("not JSON: y", "read run", "exec yes");
  }

  @Test
  void textBeforeJsonIsSentToStandardError() {
    assertBroken(
        "what is not JSON: Loading weights ... (standard output is for answers only",
        "read run",
        "echo 'Loading weights ...'",
        "echo '" + RIGHT + "'");
  }

  @Test
  void secondAnswerIsNotTakenForTheNextRequests() {
    try (ProcessRuntime runtime =
        ShellAdapter.polite(
            folder,
            PATIENCE,
            "read run",
            "echo '" + RIGHT + "'",
            "echo '" + RIGHT + "'",
            "read next")) {
      assertThat(runtime.run(Asked.SOFTMAX)).isInstanceOf(Reply.Result.class);
      assertThat(runtime.run(Asked.SOFTMAX)).isInstanceOf(Reply.Broken.class);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "answered seq 7 when asked seq 1 | {\"seq\":7,\"result\":{\"y\":1}}",
        "seq must be a whole number | {\"seq\":\"1\",\"result\":{\"y\":1}}",
        "exactly one of result, skipped and error | {\"seq\":1,\"result\":{\"y\":1},\"error\":{\"class\":\"a\",\"message\":\"b\"}}",
        "exactly one of result, skipped and error | {\"seq\":1}",
        "unknown fields [note] | {\"seq\":1,\"result\":{\"y\":1},\"note\":\"\"}",
        "result must be an object of outputs | {\"seq\":1,\"result\":{}}",
        "result must be an object of outputs | {\"seq\":1,\"result\":[0.5,0.5]}",
        "skipped lacks the field reason | {\"seq\":1,\"skipped\":{}}",
        "error lacks the field message | {\"seq\":1,\"error\":{\"class\":\"shape\"}}",
        "JSON has no NaN | {\"seq\":1,\"result\":{\"y\":NaN}}",
        "no JSON object | [1]",
        "not JSON | {\"seq\":1} {\"seq\":1}",
        "needs 12 bytes, got 8 | {\"seq\":1,\"result\":{\"y\":{\"f32\":[3],\"bits\":\"3f000000 3f000000\"}}}",
        "not a shape | {\"seq\":1,\"result\":{\"y\":{\"f32\":[-1,-2],\"bits\":\"3f000000 3f000000\"}}}",
        "not the bits of a F32: 3f0 | {\"seq\":1,\"result\":{\"y\":{\"f32\":[1],\"bits\":\"3f0\"}}}",
        "not the bits of a F32: 0.5 | {\"seq\":1,\"result\":{\"y\":{\"f32\":[1],\"bits\":\"0.5\"}}}",
        "/etc/passwd: not below | {\"seq\":1,\"result\":{\"y\":{\"file\":\"/etc/passwd\",\"tensor\":\"y\"}}}",
        "not below | {\"seq\":1,\"result\":{\"y\":{\"file\":\"adapter.sh\",\"tensor\":\"y\"}}}",
        "no such file | {\"seq\":1,\"result\":{\"y\":{\"file\":\"/no/such/file\",\"tensor\":\"y\"}}}",
      })
  void answerAgainstTheAgreementIsNamed(String because, String answer) {
    assertBroken(because, "read run", "echo '" + answer + "'", "read next");
  }

  @Test
  void linkOutOfTheWorkFolderIsNotFollowed() {
    assertBroken(
        "not below",
        "dir=$(echo \"$hello\" | sed 's/.*\"workDir\":\"//; s/\".*//')",
        "ln -s /etc/passwd \"$dir/y\"",
        "read run",
        "echo '{\"seq\":1,\"result\":{\"y\":{\"file\":\"'$dir'/y\",\"tensor\":\"y\"}}}'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "latest is no version | {\"runtime\":{\"name\":\"a\",\"version\":\"latest\",\"language\":\"b\"},\"capabilities\":[],\"profile\":\"f32\"}",
        "no calls are named [op.everything] | {\"runtime\":{\"name\":\"a\",\"version\":\"1\",\"language\":\"b\"},\"capabilities\":[\"op.everything\"],\"profile\":\"f32\"}",
        "no profile is called fp32 | {\"runtime\":{\"name\":\"a\",\"version\":\"1\",\"language\":\"b\"},\"capabilities\":[],\"profile\":\"fp32\"}",
        "lacks the field runtime | {}",
        "unknown fields [cpu] | {\"runtime\":{\"name\":\"a\",\"version\":\"1\",\"language\":\"b\",\"cpu\":\"c\"},\"capabilities\":[],\"profile\":\"f32\"}",
        "maxTokens must be at least 1 | {\"runtime\":{\"name\":\"a\",\"version\":\"1\",\"language\":\"b\"},\"capabilities\":[],\"profile\":\"f32\",\"limits\":{\"maxTokens\":0}}",
        "is not JSON: hello | hello",
      })
  void wrongHelloNeverBegins(String because, String answer) {
    assertRefusedAtHello(because, "read hello", "echo '" + answer + "'", "read next");
  }

  @Test
  void programThatIsNotThereIsNamed() {
    assertThatThrownBy(
            () ->
                ProcessRuntime.start(
                        new ProcessRuntime.Settings(
                            Words.of("./no-such-adapter --fast"), folder, "1.0.0", PATIENCE))
                    .close())
        .isInstanceOf(TouchstoneException.class)
        .hasMessageStartingWith("adapter ./no-such-adapter --fast: cannot be started");
  }

  @Test
  void otherSelfAfterARestartIsNoAnswer() {
    try (ProcessRuntime runtime =
        ShellAdapter.start(
            folder,
            PATIENCE,
            "read hello",
            "if [ -e '" + folder + "/second' ]; then",
            "  echo '" + HELLO.replace("\"1\"", "\"2\"") + "'",
            "else touch '" + folder + "/second'; echo '" + HELLO + "'; exit; fi",
            "read run")) {
      assertThat(runtime.run(Asked.SOFTMAX)).isInstanceOf(Reply.Broken.class);
      assertThat(runtime.run(Asked.SOFTMAX))
          .isEqualTo(
              new Reply.Broken("the adapter says something else at hello than at its first start"));
    }
  }

  @Test
  void refusedModelIsARefusalOfEveryCallOnIt() {
    try (ProcessRuntime runtime =
        ShellAdapter.polite(
            folder,
            PATIENCE,
            "read load",
            "echo '{\"error\":{\"class\":\"malformed\",\"message\":\"bad header\"}}'",
            "read bye")) {
      for (int i = 0; i < 2; i++) {
        assertThat(runtime.run(Asked.of("inspect", "{\"model\": \"models/bad\"}")))
            .isEqualTo(new Reply.Refused("malformed", "bad header"));
      }
    }
  }

  @Test
  void workFolderGoesWithTheRuntime() throws Exception {
    Path noted = folder.resolve("noted");
    ShellAdapter.polite(
            folder,
            PATIENCE,
            "dir=$(echo \"$hello\" | sed 's/.*\"workDir\":\"//; s/\".*//')",
            "mkdir \"$dir/below\"; echo text > \"$dir/below/file\"",
            "echo \"$dir\" > '" + noted + "'",
            "read bye")
        .close();
    assertThat(Path.of(Files.readString(noted).strip())).doesNotExist();
  }

  @Test
  void whoeverIgnoresByeIsEnded() throws Exception {
    Path pid = folder.resolve("pid");
    ShellAdapter.polite(
            folder, PATIENCE, "echo $$ > '" + pid + "'", "while true; do sleep 600; done")
        .close();
    long id = Long.parseLong(Files.readString(pid).strip());
    assertThat(ProcessHandle.of(id).map(ProcessHandle::isAlive).orElse(false)).isFalse();
  }
}
