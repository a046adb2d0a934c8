package touchstone.conformance.door;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Adapters of a few lines of shell, for everything that an adapter may do wrong. */
final class ShellAdapter {
  static final String HELLO =
      "{\"runtime\":{\"name\":\"cheat\",\"version\":\"1\",\"language\":\"sh\"},"
          + "\"capabilities\":[\"op.softmax\"],\"profile\":\"f32\"}";

  static final String RIGHT =
      "{\"seq\":1,\"result\":{\"y\":{\"f32\":[2],\"bits\":\"3f000000 3f000000\"}}}";

  /** Long enough for a shell to start on a busy machine. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /** For adapters that hang: they answer hello at once, and then each test waits this long. */
  static final Duration LITTLE = Duration.ofMillis(1500);

  private ShellAdapter() {}

  /** Says hello well, then does what the lines say. */
  static ProcessRuntime polite(Path folder, Duration patience, String... lines) {
    String[] all = new String[lines.length + 2];
    all[0] = "read hello";
    all[1] = "echo '" + HELLO + "'";
    System.arraycopy(lines, 0, all, 2, lines.length);
    return start(folder, patience, all);
  }

  static ProcessRuntime start(Path folder, Duration patience, String... lines) {
    try {
      Path script =
          Files.writeString(folder.resolve("adapter.sh"), String.join("\n", lines) + "\n");
      return ProcessRuntime.start(
          new ProcessRuntime.Settings(
              List.of("/bin/sh", script.toString()), folder, "1.0.0", patience));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
