package touchstone.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.conformance.cli.Launched.Finished;

/** Every way to fail that needs a process of its own: one line, the documented code, no crash. */
class RobustnessTest {
  private static final Path FULL_DEVICE = Path.of("/dev/full");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2 | error: --kernels: no kernel set is called 'nosuch' (installed: .*) | generate -p a --kernels nosuch",
        "2 | error: top_p: 1.5 is out of range (allowed: .*) | generate -p a --top-p 1.5",
        "2 | error: --tokens: token id 640 (ids run from 0 to 639) | logits -t 1,640",
        "2 | error: --tokens: none (give at least one token id, e.g. --tokens 1) | logits -t ,",
      })
  void refusedValue(int code, String message, String line) {
    Finished finished = Launched.in(folder).run(line.split(" "));
    String pattern = message.replace(".*", "\u0000").replaceAll("([(){}.+*?\\[\\]])", "\\\\$1");
    assertThat(finished.requireFault(code)).matches(pattern.replace("\u0000", ".*"));
  }

  @Test
  void promptBeyondTheContext() {
    assertThat(
            Launched.in(folder)
                .input("word ".repeat(1100))
                .run("generate", "--prompt-file", "-")
                .requireFault(79))
        .matches("error: prompt: \\d+ tokens \\(at most 1023, .*shorten it\\)");
  }

  @Test
  void missingTokenizer() throws IOException {
    Path model = Models.copyOfPebble(folder.resolve("model"));
    Files.delete(model.resolve("tokenizer.model"));
    Files.delete(model.resolve("tokenizer.json"));
    assertThat(
            Launched.in(folder).run("generate", "-m", model.toString(), "-p", "a").requireFault(66))
        .contains("tokenizer.model");
  }

  @Test
  void fullOutputDevice() {
    assumeTrue(Files.exists(FULL_DEVICE), "there is no /dev/full here");
    assertThat(
            Launched.in(folder).output(FULL_DEVICE).input("a\n").run("tokenize").requireFault(80))
        .startsWith("error: standard output: cannot be written: No space left");
  }

  @Test
  void outputFileIsNeverLeftHalfWritten() throws IOException, InterruptedException {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Process mount =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", disk.toString())
            .redirectErrorStream(true)
            .start();
    assumeTrue(mount.waitFor() == 0, "this user may not mount a small tmpfs");
    try {
      Path file = disk.resolve("x.json");
      assertThat(
              Launched.in(folder)
                  .run("logits", "-t", "1", "--probes", "all", "-o", file.toString())
                  .requireFault(80))
          .startsWith("error: " + file);
      assertThat(disk).isEmptyDirectory();
      String[] synth = {"synth", "--shape", "llama2-7b", "--out", disk.resolve("m").toString()};
      assertThat(Launched.in(folder).run(synth).requireFault(80))
          .contains("m/model.safetensors: needs 3")
          .contains(" bytes, ")
          .contains(" are free");
      assertThat(disk).isEmptyDirectory();
    } finally {
      new ProcessBuilder("umount", disk.toString()).start().waitFor();
    }
  }

  @Test
  void readerThatGoesAwayEndsItSilently() throws IOException {
    Launched launched = Launched.in(folder);
    Process process = launched.start("tokenize");
    process.getInputStream().close();
    try (OutputStream input = process.getOutputStream()) {
      input.write("a\n".repeat(100).getBytes(StandardCharsets.UTF_8));
    }
    Finished finished = launched.finishUnread(process);
    assertThat(finished.code()).isEqualTo(141);
    assertThat(finished.notes()).isEmpty();
  }

  @Test
  void answersComeBeforeTheNextLineIsAsked() throws IOException {
    Launched launched = Launched.in(folder);
    Process process = launched.start("detokenize", "--json");
    try (OutputStream input = process.getOutputStream();
        BufferedReader answers =
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (int i = 0; i < 3; i++) {
        input.write("1\n".getBytes(StandardCharsets.UTF_8));
        input.flush();
        assertThat(answers.readLine()).isEqualTo("{\"text\":\"\"}");
      }
    } finally {
      process.destroy();
    }
  }

  @Test
  void smallHeapIsEnoughOrFailsCleanly() {
    Finished finished =
        Launched.in(folder)
            .java("-Xmx64m")
            .run("generate", "-p", "a", "--max-new-tokens", "2", "--no-do-sample");
    assertThat(finished.requireResult()).isNotEmpty();
    Finished starved = Launched.in(folder).java("-Xmx12m").run("generate", "-p", "a");
    if (starved.code() != 0) {
      assertThat(starved.requireFault(79)).contains("memory").contains("-Xmx");
    }
  }

  @Test
  void colourNeedsATerminalAndRespectsNoColor() {
    String[] arguments = {"inspect", "-m", "/no/such"};
    Launched terminal = Launched.in(folder).java("-Dtouchstone.terminal=true");
    assertThat(terminal.run(arguments).notes()).startsWith("\u001b[31merror:\u001b[0m /no/such: ");
    assertThat(terminal.environment("NO_COLOR", "1").run(arguments).notes())
        .startsWith("error: /no/such: ");
  }

  @Test
  void promptThatThisLocaleCannotReadIsRefused() {
    Finished finished =
        Launched.in(folder).environment("LC_ALL", "C").run("generate", "-p", "caf\u00e9");
    assertThat(finished.requireFault(2)).contains("argument 3").contains("LC_ALL=C.UTF-8");
  }

  @Test
  void completionScriptIsAcceptedByBash() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no /bin/bash here");
    Path script = folder.resolve("completion");
    Launched.in(folder).output(script).run("generate-completion");
    Process bash = new ProcessBuilder("/bin/bash", "-n", script.toString()).start();
    assertThat(bash.waitFor()).isZero();
    assertThat(script).content().contains("complete -F");
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "simd"})
  void modelCutShortBetweenTwoTurnsEndsTheChat(String kernels) throws IOException {
    Path model = Models.copyOfPebble(folder.resolve("model-" + kernels));
    Launched launched = Launched.in(folder);
    Process process =
        launched.start(
            "chat",
            "-m",
            model.toString(),
            "--kernels",
            kernels,
            "--max-new-tokens",
            "2",
            "--json");
    OutputStream input = process.getOutputStream();
    BufferedReader answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    input.write("Hi.\n".getBytes(StandardCharsets.UTF_8));
    input.flush();
    assertThat(answers.readLine()).startsWith("{\"text\":");
    cut(model, 8192);
    input.write("Hi.\nHi.\n".getBytes(StandardCharsets.UTF_8));
    input.flush();
    assertThat(launched.finish(process).requireFault(82))
        .contains("model.safetensors: 8192 bytes, 4234360 when it was opened");
  }

  @Test
  void interruptedStreamLeavesTheCursorAtTheStartOfALine() throws IOException {
    Launched launched = Launched.in(folder).java("-Dtouchstone.terminal=true");
    Process process = // so hot that it goes on for hundreds of tokens
        launched.start(
            "generate",
            "-p",
            "a",
            "--max-new-tokens",
            "500",
            "--temperature",
            "9",
            "--top-k",
            "640",
            "--seed",
            "3");
    assertThat(process.getInputStream().read()).isNotNegative();
    process.toHandle().destroy(); // unlike Process.destroy this leaves the streams open
    Finished finished = launched.finish(process);
    assertThat(finished.code()).isEqualTo(143);
    assertThat(finished.notes()).endsWith("\u001b[K\n").doesNotContain("error");
  }

  @Test
  void interruptedSynthLeavesNothingBehind() throws IOException {
    assumeTrue(Files.getFileStore(folder).getUsableSpace() > 5_000_000_000L, "too full a disk");
    Path out = folder.resolve("out");
    Launched launched = Launched.in(folder).java("-Dtouchstone.terminal=true");
    Process process = launched.start("synth", "--shape", "llama2-7b", "--out", out.toString());
    while (!hasEntries(out)) {
      assertThat(process.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    process.toHandle().destroy();
    Finished finished = launched.finish(process);
    assertThat(finished.code()).isEqualTo(143);
    assertThat(out).doesNotExist();
    assertThat(finished.notes()).doesNotContain("error").doesNotContain("wrote");
  }

  private static boolean hasEntries(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.findAny().isPresent();
    }
  }

  private static void cut(Path model, long size) throws IOException {
    try (FileChannel channel =
        FileChannel.open(model.resolve("model.safetensors"), StandardOpenOption.WRITE)) {
      channel.truncate(size);
    }
  }
}
