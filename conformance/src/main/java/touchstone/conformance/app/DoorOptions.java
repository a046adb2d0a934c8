package touchstone.conformance.app;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import touchstone.conformance.door.FilesRuntime;
import touchstone.conformance.door.HttpRuntime;
import touchstone.conformance.door.ProcessRuntime;
import touchstone.conformance.door.Words;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.conformance.suite.Suite;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** How a runtime is reached. */
final class DoorOptions {
  private static final int PATIENCE_SECONDS = 120;
  private static final int MOST_PATIENCE = 86400;
  private static final String KEY = "TOUCHSTONE_API_KEY";

  @ArgGroup(exclusive = false)
  Door door = new Door();

  /** One of these. */
  static final class Door {
    @Option(
        names = "--adapter",
        paramLabel = "COMMAND",
        description = "A program that speaks the protocol of docs/adapter-protocol.md.")
    String adapter;

    @Option(
        names = "--url",
        paramLabel = "URL",
        description = {
          "A server: OpenAI's completions, vLLM, TGI or llama.cpp. A key is read from the",
          "environment: " + KEY + "."
        })
    URI url;

    @Option(
        names = "--files",
        paramLabel = "DIR",
        description = "A folder of dumped answers; --list says what to dump.")
    Path files;

    @Option(names = "--own", description = "Touchstone itself.")
    boolean own;
  }

  @Option(
      names = "--model",
      paramLabel = "PATH",
      description = "The model that a server serves, below golden-data. Default: models/pebble.")
  String model;

  @ArgGroup(validate = false)
  OwnOptions own = new OwnOptions();

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      description = "Longest time for one answer. Default: " + PATIENCE_SECONDS + ".")
  int patience = PATIENCE_SECONDS;

  /**
   * Opens the door.
   *
   * @param profile how a server rounds, which cannot say so itself
   */
  RuntimeUnderTest open(Suite suite, Optional<NumericProfile> profile) {
    requireSense();
    Duration longest = Duration.ofSeconds(patience);
    if (door.adapter != null) {
      return ProcessRuntime.start(
          new ProcessRuntime.Settings(
              Words.of(door.adapter), suite.root(), suite.version(), longest));
    }
    if (door.url != null) {
      return HttpRuntime.connect(
          new HttpRuntime.Settings(
              door.url,
              suite.root(),
              model == null ? "models/pebble" : model,
              Optional.ofNullable(System.getenv(KEY)),
              profile.orElse(NumericProfile.F32),
              longest));
    }
    return door.files != null ? FilesRuntime.open(door.files) : own.open(suite.root());
  }

  private void requireSense() {
    long doors =
        Stream.of(door.adapter, door.url, door.files).filter(Objects::nonNull).count()
            + (door.own ? 1 : 0);
    if (doors == 0) {
      throw fault(
          "touchstone verify", "no runtime given", "give --adapter, --url, --files or --own");
    }
    if (doors > 1) {
      throw fault("touchstone verify", "two runtimes given", "give one of the doors");
    }
    if (model != null && door.url == null) {
      throw fault(
          "--model", "given without --url", "other doors tell which model they are asked for");
    }
    if (own.areGiven() && !door.own) {
      throw fault("--kernels or --mutant", "given without --own", "they are parts of Touchstone");
    }
    if (patience < 1 || patience > MOST_PATIENCE) {
      throw fault("--patience", String.valueOf(patience), "between 1 and " + MOST_PATIENCE);
    }
  }

  private static TouchstoneException fault(String where, String found, String cure) {
    return TouchstoneException.of(Fault.USAGE, where, found, cure);
  }

  /** What reports call it. */
  String name() {
    if (door.adapter != null) {
      return "adapter";
    }
    return door.url != null ? "url" : door.files != null ? "files" : "own";
  }

  /** The command that opens it again. */
  String command() {
    String command = "touchstone verify";
    if (door.adapter != null) {
      return command + " --adapter " + quoted(door.adapter);
    }
    if (door.url != null) {
      return command + " --url " + door.url + (model == null ? "" : " --model " + quoted(model));
    }
    return door.files != null
        ? command + " --files " + quoted(door.files.toString())
        : command + " --own" + own.again();
  }

  /** A word as a shell takes it. */
  static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./:=@,+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
