package touchstone.app.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * Reads UTF-8 lines that end in {@code \n}; everything else in a line is kept as it is. Before it
 * waits for more, it hands over what was written, so that a program can ask and answer in turn.
 */
final class LineReader {
  private final String name;
  private final InputStream in;
  private final Terminal terminal;
  private int number;

  /**
   * Reads lines.
   *
   * @param name the input's, for messages
   */
  LineReader(String name, InputStream in, Terminal terminal) {
    this.name = name;
    this.in = in;
    this.terminal = terminal;
  }

  /** The place of the line read last, for messages. */
  String where() {
    return name + ": line " + number;
  }

  /** The next line without its end; empty at the end of the input. */
  Optional<String> next() {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
      if (in.available() == 0) {
        terminal.flush();
      }
      int read = in.read();
      if (read < 0) {
        return Optional.empty();
      }
      number++;
      while (read >= 0 && read != '\n') {
        line.write(read);
        read = in.read();
      }
    } catch (IOException e) {
      throw TouchstoneException.because(
          Fault.IO, name, "cannot be read: " + e.getMessage(), "check where it comes from", e);
    }
    return Optional.of(text(line.toByteArray(), where()));
  }

  /** Decodes UTF-8 and refuses anything else. */
  static String text(byte[] bytes, String where) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw TouchstoneException.because(Fault.FORMAT, where, "not UTF-8", "convert it to UTF-8", e);
    }
  }
}
