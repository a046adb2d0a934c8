package touchstone.conformance.door;

import java.util.ArrayList;
import java.util.List;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * Splits a command into words, quoted as in a shell. Nothing is expanded and no shell is started: what
 * stands there is what the program gets.
 *
 * <p>Blanks separate words. Between single quotes everything stands for itself; between double quotes
 * a backslash makes a double quote or a backslash literal; elsewhere it makes any character literal.
 *
 * @source POSIX.1-2017, XCU 2.2 Quoting; less expansions
 */
public final class Words {
  private final String command;
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean begun;
  private int next;

  private Words(String command) {
    this.command = command;
  }

  /**
   * The words of a command, at least one.
   *
   * @throws TouchstoneException if there is none, or a quote is not closed
   */
  public static List<String> of(String command) {
    Words words = new Words(command);
    while (words.next < command.length()) {
      words.take(words.read());
    }
    words.end();
    if (words.words.isEmpty()) {
      throw TouchstoneException.of(
          Fault.USAGE, "command", "empty", "name a program and its arguments");
    }
    return List.copyOf(words.words);
  }

  private char read() {
    if (next == command.length()) {
      throw TouchstoneException.of(
          Fault.USAGE, "command '" + command + "'", "ends inside a quotation", "close the quote");
    }
    return command.charAt(next++);
  }

  private void take(char c) {
    switch (c) {
      case ' ', '\t', '\n' -> end();
      case '\'' -> quoted('\'');
      case '"' -> quoted('"');
      case '\\' -> literal(read());
      default -> literal(c);
    }
  }

  private void literal(char c) {
    begun = true;
    word.append(c);
  }

  private void quoted(char quote) {
    begun = true;
    for (char c = read(); c != quote; c = read()) {
      boolean escape = quote == '"' && c == '\\' && next < command.length();
      word.append(escape && "\"\\".indexOf(command.charAt(next)) >= 0 ? read() : c);
    }
  }

  private void end() {
    if (begun) {
      words.add(word.toString());
      word.setLength(0);
      begun = false;
    }
  }
}
