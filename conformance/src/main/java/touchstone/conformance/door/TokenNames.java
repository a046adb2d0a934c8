package touchstone.conformance.door;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import touchstone.tokenizer.Tokenizer;

/**
 * From what servers call a token back to its id. Some write the piece of the vocabulary, some its text,
 * some {@code token_id:N}, and bytes that are no text in two ways. A name that is a piece means that one,
 * though a byte may have the same text; a text that several tokens share names none.
 */
final class TokenNames {
  private static final int SHARED = -1;

  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<String, Integer> texts = new HashMap<>();

  TokenNames(Tokenizer tokenizer) {
    for (int id = 0; id < tokenizer.vocab(); id++) {
      byte[] bytes = tokenizer.bytes(id);
      add(ids, tokenizer.piece(id), id);
      add(ids, "token_id:" + id, id);
      add(ids, octets(bytes), id);
      String text = new String(bytes, StandardCharsets.UTF_8);
      if (!text.contains("\ufffd") && !text.isEmpty()) {
        add(texts, text, id);
      }
    }
  }

  private static void add(Map<String, Integer> names, String name, int id) {
    names.merge(name, id, (_, _) -> SHARED);
  }

  private static String octets(byte[] bytes) {
    StringBuilder octets = new StringBuilder("bytes:");
    for (byte octet : bytes) {
      octets.append("\\x%02x".formatted(octet));
    }
    return octets.toString();
  }

  /** The one id of a name; empty if there is none, or more than one. */
  OptionalInt id(String name) {
    int id = ids.getOrDefault(name, texts.getOrDefault(name, SHARED));
    return id == SHARED ? OptionalInt.empty() : OptionalInt.of(id);
  }
}
