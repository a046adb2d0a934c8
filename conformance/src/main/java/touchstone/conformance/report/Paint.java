package touchstone.conformance.report;

/** Colours on a terminal, or none. */
record Paint(boolean on) {
  private static final String RESET = "\u001b[0m";

  String good(String text) {
    return painted("\u001b[32m", text);
  }

  String bad(String text) {
    return painted("\u001b[31m", text);
  }

  String faint(String text) {
    return painted("\u001b[2m", text);
  }

  String strong(String text) {
    return painted("\u001b[1m", text);
  }

  private String painted(String colour, String text) {
    return on && !text.isEmpty() ? colour + text + RESET : text;
  }
}
