package touchstone.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;

/**
 * Writes a JSON document for people: a field or element per line, two blanks per level, as Python's
 * {@code json.dump(..., indent=2)} lays it out.
 */
public final class PrettyJson {
  private static final DefaultIndenter LINES = new DefaultIndenter("  ", "\n");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private PrettyJson() {}

  /** The document in UTF-8, with a line feed at its end. */
  public static byte[] bytes(JsonNode document) {
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
                Separators.createDefaultInstance()
                    .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                    .withArrayEmptySeparator("")
                    .withObjectEmptySeparator(""))
            .withArrayIndenter(LINES)
            .withObjectIndenter(LINES);
    try {
      String text = MAPPER.writer(printer).writeValueAsString(document);
      return (text + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new AssertionError("a tree of JSON nodes is JSON", e);
    }
  }
}
