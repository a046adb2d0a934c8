package touchstone.conformance.suite;

import java.util.Locale;

/** How much a vector decides. */
public enum Level {
  /** A failure means that the runtime does not conform. */
  REQUIRED,
  /** A failure is reported and decides nothing. */
  RECOMMENDED,
  /** As recommended; asked of few runtimes, or expensive. */
  OPTIONAL;

  /** The name in vector files and reports. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The level with a given label.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Level of(String label) {
    for (Level level : values()) {
      if (level.label().equals(label)) {
        return level;
      }
    }
    throw new IllegalArgumentException("no level is called " + label);
  }
}
