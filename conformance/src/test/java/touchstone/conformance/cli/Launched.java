package touchstone.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import touchstone.golden.GoldenData;

/**
 * A start of the command line as the launcher does it: a JVM of its own, on the module path, with
 * the launcher's flags. Its working directory is a folder of its own, in which a crash of the JVM
 * would leave its report.
 */
final class Launched {
  private static final long PATIENCE_SECONDS = 120;

  /** What Java says on every start with the vector module; it cannot be switched off. */
  private static final String INCUBATOR = "WARNING: Using incubator modules: jdk.incubator.vector";

  private final Path folder;
  private final List<String> javaFlags = new ArrayList<>();
  private final Map<String, String> environment = new TreeMap<>();
  private byte[] input = {};
  private File output;

  private Launched(Path folder) {
    this.folder = folder;
  }

  /** A start in a folder. */
  static Launched in(Path folder) {
    return new Launched(folder);
  }

  Launched input(byte[] bytes) {
    this.input = bytes.clone();
    return this;
  }

  Launched input(String text) {
    this.input = text.getBytes(StandardCharsets.UTF_8);
    return this;
  }

  Launched java(String... flags) {
    javaFlags.addAll(List.of(flags));
    return this;
  }

  Launched environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Launched output(Path file) {
    this.output = file.toFile();
    return this;
  }

  /** What a finished start left behind; notes are the error stream without Java's own warning. */
  record Finished(int code, String out, String notes) {
    /** Requires success; gives the results. */
    String requireResult() {
      assertThat(code).as(notes).isZero();
      return out;
    }

    /** Requires one line {@code error: where: found (cure)}, an exit code and no result. */
    String requireFault(int expected) {
      String error =
          notes.lines().filter(line -> line.startsWith("error: ")).collect(Collectors.joining());
      assertThat(error).as(notes).matches("error: .+: .+ \\(.+\\)");
      assertThat(notes).endsWith(error + "\n").doesNotContain("\tat ");
      assertThat(code).as(error).isEqualTo(expected);
      assertThat(out).isEmpty();
      return error;
    }
  }

  Finished run(String... arguments) {
    try {
      Path in = Files.write(folder.resolve("stdin"), input);
      File out = output == null ? folder.resolve("stdout").toFile() : output;
      Path err = folder.resolve("stderr");
      Process process =
          builder(arguments)
              .redirectInput(in.toFile())
              .redirectOutput(out)
              .redirectError(err.toFile())
              .start();
      await(process);
      String results = output == null ? Files.readString(out.toPath()) : "";
      return finished(process.exitValue(), results, Files.readString(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts and leaves the streams to the caller, except the error stream, which goes to a file. */
  Process start(String... arguments) {
    try {
      return builder(arguments).redirectError(folder.resolve("stderr").toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for what {@link #start} began and whose results nobody reads. */
  Finished finishUnread(Process process) {
    try {
      await(process);
      return finished(process.exitValue(), "", Files.readString(folder.resolve("stderr")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for what {@link #start} began. */
  Finished finish(Process process) {
    try {
      String rest = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      await(process);
      return finished(process.exitValue(), rest, Files.readString(folder.resolve("stderr")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Finished finished(int code, String out, String err) throws IOException {
    try (DirectoryStream<Path> crashes = Files.newDirectoryStream(folder, "hs_err*")) {
      assertThat(crashes).as("crash reports; the error stream says %s", err).isEmpty();
    }
    assertThat(err).doesNotContain("Exception in thread");
    return new Finished(code, out, err.replace(INCUBATOR + "\n", ""));
  }

  private static void await(Process process) {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("no end after " + PATIENCE_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private ProcessBuilder builder(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseParallelGC", "-XX:-UsePerfData", "-Xshare:auto"));
    command.add("-Dtouchstone.home=" + GoldenData.root().getParent());
    command.addAll(javaFlags);
    command.addAll(List.of("-p", System.getProperty("jdk.module.path")));
    command.addAll(List.of("-m", "touchstone.reference/touchstone.app.cli.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().putAll(environment);
    builder.environment().keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"));
    return builder;
  }
}
