package touchstone.conformance.door;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Collectors;
import touchstone.error.TouchstoneException;

/** Reads all that a process says on its error stream, and keeps the end of it. */
final class ErrorTail {
  private static final int KEPT_BYTES = 4096;
  private static final int SHOWN_LINES = 3;

  private final byte[] kept = new byte[KEPT_BYTES];
  private final Thread reader;
  private long read;

  private ErrorTail(InputStream errors) {
    this.reader =
        Thread.ofPlatform().daemon().name("adapter-stderr").unstarted(() -> drain(errors));
  }

  static ErrorTail of(InputStream errors) {
    ErrorTail tail = new ErrorTail(errors);
    tail.reader.start();
    return tail;
  }

  private void drain(InputStream errors) {
    byte[] buffer = new byte[KEPT_BYTES];
    try {
      for (int count = errors.read(buffer); count >= 0; count = errors.read(buffer)) {
        keep(buffer, count);
      }
    } catch (IOException _) {
      // The process is gone, and what it said is kept.
    }
  }

  private synchronized void keep(byte[] bytes, int count) {
    for (int i = 0; i < count; i++) {
      kept[(int) (read++ % KEPT_BYTES)] = bytes[i];
    }
  }

  /** Waits until the stream has ended, for a while. */
  void await(Duration patience) throws InterruptedException {
    reader.join(patience);
  }

  /** The last lines, in one; empty if nothing was said. */
  synchronized String lastLines() {
    int length = (int) Math.min(read, KEPT_BYTES);
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = kept[(int) ((read - length + i) % KEPT_BYTES)];
    }
    var lines =
        new String(bytes, StandardCharsets.UTF_8)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    return TouchstoneException.printable(
        lines.stream()
            .skip(Math.max(0, lines.size() - SHOWN_LINES))
            .map(line -> line.length() <= 200 ? line : line.substring(0, 200) + "...")
            .collect(Collectors.joining(" | ")));
  }
}
