package touchstone.conformance.report;

import touchstone.error.TouchstoneException;

/** Text in a page: what a runtime says of itself must not become markup. */
final class Html {
  private Html() {}

  /** Text as it stands, also inside an attribute. */
  static String text(String text) {
    return TouchstoneException.printable(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** An element of a class with text in it. */
  static String element(String tag, String css, String text) {
    return "<%s class=\"%s\">%s</%s>".formatted(tag, css, text(text), tag);
  }

  /** A paragraph. */
  static String paragraph(String text) {
    return "<p>" + text(text) + "</p>\n";
  }
}
