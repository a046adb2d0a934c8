package touchstone.tokenizer;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Finds the longest of a set of literals at a place in a text, in time of its length. */
final class LiteralMatcher {
  /** A literal and the token id it stands for. */
  record Literal(String text, int id) {}

  private static final class Node {
    final Map<Character, Node> children = new HashMap<>();
    Optional<Literal> literal = Optional.empty();
  }

  private final Node root = new Node();

  LiteralMatcher(Iterable<Literal> literals) {
    for (Literal literal : literals) {
      Node node = root;
      for (int i = 0; i < literal.text().length(); i++) {
        node = node.children.computeIfAbsent(literal.text().charAt(i), unit -> new Node());
      }
      node.literal = Optional.of(literal);
    }
  }

  /** The longest literal that the text has at this index. */
  Optional<Literal> longestAt(String text, int index) {
    Optional<Literal> longest = Optional.empty();
    Node node = root.children.get(text.charAt(index));
    for (int next = index + 1; node != null; next++) {
      if (node.literal.isPresent()) {
        longest = node.literal;
      }
      node = next < text.length() ? node.children.get(text.charAt(next)) : null;
    }
    return longest;
  }
}
