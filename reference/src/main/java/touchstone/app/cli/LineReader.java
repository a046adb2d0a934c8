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

/** Reads UTF-8 lines that end in {@code \n}; everything else in a line is kept as it is. */
final class LineReader {
  private final InputStream in;
  private int number;

  LineReader(InputStream in) {
    this.in = in;
  }

  /** The number of the line read last, from 1. */
  int number() {
    return number;
  }

  /** The next line without its end; empty at the end of the input. */
  Optional<String> next() {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
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
          Fault.IO, "input", "cannot be read: " + e.getMessage(), "check where it comes from", e);
    }
    return Optional.of(text(line.toByteArray(), "input: line " + number));
  }

  /** Decodes UTF-8 and refuses anything else. */
  static String text(byte[] bytes, String where) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw TouchstoneException.because(
          Fault.FORMAT, where, "not UTF-8", "convert it, or give jsonl with escapes", e);
    }
  }
}
