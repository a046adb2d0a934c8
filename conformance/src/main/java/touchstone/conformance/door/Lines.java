package touchstone.conformance.door;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Lines of a stream of bytes, none longer than a limit: who writes without end fills no memory. */
final class Lines {
  /** Longest line of the protocol, in bytes. */
  static final int MOST_BYTES = 16 << 20;

  private static final int BUFFER = 1 << 16;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private int at;
  private int end;

  Lines(InputStream in) {
    this.in = in;
  }

  /**
   * The next line, without its line feed; empty at the end. Bytes after the last line feed are a line.
   *
   * @throws ProtocolException if the line is too long; what follows is then of no use
   */
  Optional<byte[]> next() throws IOException, ProtocolException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (at < end || fill()) {
      int feed = at;
      while (feed < end && buffer[feed] != '\n') {
        feed++;
      }
      line.write(buffer, at, feed - at);
      at = feed + 1;
      if (feed < end) {
        return Optional.of(line.toByteArray());
      }
      if (line.size() > MOST_BYTES) {
        throw new ProtocolException(
            "a line of more than %d MiB; numbers of more than 64 elements go into a file of workDir"
                .formatted(MOST_BYTES >> 20));
      }
    }
    return line.size() == 0 ? Optional.empty() : Optional.of(line.toByteArray());
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }
}
