package touchstone.conformance.door;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import touchstone.tokenizer.Tokenizer;

/**
 * From what servers call a token back to its id. Some write the piece of the vocabulary, some its text,
 * some {@code token_id:N}, and bytes that are no text in two ways; a name that several tokens share
 * names none.
 */
final class TokenNames {
  private static final int SHARED = -1;

  private final Map<String, Integer> ids = new HashMap<>();

  TokenNames(Tokenizer tokenizer) {
    for (int id = 0; id < tokenizer.vocab(); id++) {
      int named = id;
      names(tokenizer, id).forEach(name -> ids.merge(name, named, (_, _) -> SHARED));
    }
  }

  private static Set<String> names(Tokenizer tokenizer, int id) {
    byte[] bytes = tokenizer.bytes(id);
    Set<String> names = new LinkedHashSet<>();
    names.add(tokenizer.piece(id));
    names.add("token_id:" + id);
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (!text.contains("\ufffd") && !text.isEmpty()) {
      names.add(text);
    }
    StringBuilder octets = new StringBuilder("bytes:");
    for (byte octet : bytes) {
      octets.append("\\x%02x".formatted(octet));
    }
    names.add(octets.toString());
    return names;
  }

  /** The one id of a name; empty if there is none, or more than one. */
  OptionalInt id(String name) {
    int id = ids.getOrDefault(name, SHARED);
    return id == SHARED ? OptionalInt.empty() : OptionalInt.of(id);
  }
}
