package touchstone.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The program as a user has it: what module conformance has assembled, started in child processes. */
final class Distribution {
  /** Jars of the module path. */
  static final Path MODULES = Repository.path("conformance/target/touchstone/modules");

  private static final Path MARKER = MODULES.resolve(".built");
  private static final int SECONDS = 120;

  private Distribution() {}

  /** What a process printed and how it ended. */
  record Run(int exitCode, String output, String errors) {}

  /**
   * Fails where the launcher would start a build: there is none, or a source is newer than it. A test
   * that builds what it tests takes minutes and hides what it is about.
   */
  static void requireUpToDate() {
    if (!Files.exists(MARKER)) {
      throw new AssertionError(
          MARKER + " is missing: run mvn verify, which assembles the program before these tests");
    }
    Optional<Path> newer =
        Stream.concat(
                Stream.concat(Stream.of(""), Repository.MODULES.stream())
                    .map(module -> Repository.path(module).resolve("pom.xml")),
                Repository.sources("main"))
            .filter(source -> time(source).compareTo(time(MARKER)) > 0)
            .findFirst();
    if (newer.isPresent()) {
      throw new AssertionError(newer.get() + " is newer than the build: run mvn verify");
    }
  }

  private static FileTime time(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a line of shell in the root of the checkout. */
  static Run shell(String line) {
    return run(List.of("sh", "-c", line));
  }

  /** Runs a Java source file with the program's modules. */
  static Run java(Path source) {
    return run(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-p",
            MODULES.toString(),
            "--add-modules",
            "touchstone.reference",
            source.toString()));
  }

  private static Run run(List<String> command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).directory(Repository.root().toFile());
      builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
      builder.environment().remove("PYTHONUNBUFFERED"); // a tutorial shows what buffering does
      Process process = builder.start();
      process.getOutputStream().close();
      CompletableFuture<String> output = text(process.getInputStream()::readAllBytes);
      CompletableFuture<String> errors = text(process.getErrorStream()::readAllBytes);
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new AssertionError("not done after " + SECONDS + " s: " + command);
      }
      return new Run(process.exitValue(), output.join(), errors.join());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Bytes {
    byte[] read() throws IOException;
  }

  private static CompletableFuture<String> text(Bytes stream) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return new String(stream.read(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
