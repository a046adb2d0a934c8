package touchstone.error;

import java.util.Objects;

/**
 * A fault that a person can meet and mend. Its message is one line that says where, what was found,
 * what is allowed and the cure; control characters in names taken from a file are escaped.
 */
public final class TouchstoneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Fault fault;

  private TouchstoneException(Fault fault, String message, Throwable cause) {
    super(message, cause);
    this.fault = fault;
  }

  /**
   * A fault without an underlying exception.
   *
   * @param fault its kind, which decides the exit code
   * @param where file and place: {@code model.safetensors: byte 8}, {@code config.json: rope_theta}
   * @param found what is wrong, with the value found
   * @param cure what is allowed, or what to do about it
   */
  public static TouchstoneException of(Fault fault, Object where, String found, String cure) {
    return because(fault, where, found, cure, null);
  }

  /** As {@link #of}, keeping the exception that led here for {@code --debug}. */
  public static TouchstoneException because(
      Fault fault, Object where, String found, String cure, Throwable cause) {
    Objects.requireNonNull(fault, "fault");
    return new TouchstoneException(
        fault, printable(where + ": " + found + " (" + cure + ")"), cause);
  }

  /** The kind of this fault. */
  public Fault fault() {
    return fault;
  }

  /** The text with control characters and lone surrogates as backslash-u escapes, so that it stays one line. */
  public static String printable(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            point -> {
              if (Character.isISOControl(point)
                  || Character.getType(point) == Character.SURROGATE
                  || Character.getType(point) == Character.FORMAT
                  || Character.getType(point) == Character.LINE_SEPARATOR
                  || Character.getType(point) == Character.PARAGRAPH_SEPARATOR) {
                line.append(String.format(java.util.Locale.ROOT, "\\u%04x", point));
              } else {
                line.appendCodePoint(point);
              }
            });
    return line.toString();
  }
}
