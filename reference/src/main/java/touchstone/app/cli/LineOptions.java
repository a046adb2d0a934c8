package touchstone.app.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** Input line by line. */
final class LineOptions {
  @Option(
      names = {"-f", "--file"},
      paramLabel = "F",
      defaultValue = "-",
      description = "Input, one item per line; - is standard input. Default: -.")
  String file;

  @Option(
      names = "--input-format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text, or jsonl: one JSON object per line. Default: text.")
  LineFormat format;

  @Option(
      names = "--json",
      description = "Answer with one JSON object per line, even where a text has line breaks.")
  boolean json;

  /** The input's lines. */
  LineReader open(Terminal terminal) {
    return new LineReader(name(file), open(file, terminal), terminal);
  }

  /** What to call a file in messages. */
  static String name(String file) {
    return file.equals("-") ? "standard input" : file;
  }

  /** A file, or standard input for {@code -}. */
  static InputStream open(String file, Terminal terminal) {
    if (file.equals("-")) {
      return new BufferedInputStream(terminal.in());
    }
    try {
      return new BufferedInputStream(Files.newInputStream(Path.of(file)));
    } catch (NoSuchFileException e) {
      throw TouchstoneException.because(
          Fault.MISSING, file, "no such file", "check the name; - reads standard input", e);
    } catch (AccessDeniedException e) {
      throw TouchstoneException.because(
          Fault.PERMISSION, file, "may not be read", "check its permissions", e);
    } catch (IOException e) {
      throw TouchstoneException.because(
          Fault.IO, file, "cannot be read: " + e.getMessage(), "is it a file?", e);
    }
  }

  /** A whole file, or standard input for {@code -}, as one text. */
  static String text(String file, Terminal terminal) {
    try (InputStream in = open(file, terminal)) {
      return LineReader.text(in.readAllBytes(), name(file));
    } catch (IOException e) {
      throw TouchstoneException.because(
          Fault.IO, name(file), "cannot be read: " + e.getMessage(), "is it a file?", e);
    }
  }
}
