package touchstone.docs;

import java.util.Locale;

/** Numbers as they are written in this project, whatever the machine's language. */
final class Numbers {
  private Numbers() {}

  static String print(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
