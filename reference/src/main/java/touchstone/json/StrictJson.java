package touchstone.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * Reads a JSON document: no duplicate keys, nothing after its end, limited depth, number length and
 * size. Jackson's defaults accept the first two and bound only some of the rest.
 */
public final class StrictJson {
  /** Largest configuration file. */
  public static final long CONFIG_BYTES = 1 << 20;

  /** Largest tokenizer file. */
  public static final long TOKENIZER_BYTES = 64L << 20;

  private static final int DEPTH = 128;
  private static final int NUMBER_LENGTH = 40;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH)
                          .maxNumberLength(NUMBER_LENGTH)
                          .maxStringLength(Math.toIntExact(TOKENIZER_BYTES))
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private StrictJson() {}

  /**
   * Reads a file.
   *
   * @param limitBytes largest size that is read
   * @throws TouchstoneException if it is missing, unreadable, too large or not strict JSON
   */
  public static JsonNode read(Path file, long limitBytes) {
    try {
      long size = Files.size(file);
      if (size > limitBytes) {
        throw TouchstoneException.of(
            Fault.LIMIT, file, size + " bytes", "at most " + limitBytes + " bytes are read");
      }
      return parse(file, Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw TouchstoneException.because(
          Fault.MISSING, file, "no such file", "is this a model directory?", e);
    } catch (AccessDeniedException e) {
      throw TouchstoneException.because(
          Fault.PERMISSION, file, "may not be read", "check its permissions", e);
    } catch (IOException e) {
      throw TouchstoneException.because(
          Fault.IO, file, "cannot be read: " + e.getMessage(), "check the disk", e);
    }
  }

  /**
   * Parses bytes.
   *
   * @param where the file, and the place in it, for messages
   */
  public static JsonNode parse(Object where, byte[] json) {
    try {
      JsonNode node = MAPPER.readTree(json);
      if (node.isMissingNode()) {
        throw TouchstoneException.of(Fault.FORMAT, where, "empty", "a JSON document is needed");
      }
      return node;
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String place = at == null ? "" : ": line " + at.getLineNr() + " column " + at.getColumnNr();
      throw TouchstoneException.because(
          Fault.FORMAT, where + place, "not valid JSON: " + e.getOriginalMessage(), "mend it", e);
    } catch (IOException e) {
      throw TouchstoneException.because(
          Fault.FORMAT, where, "not valid JSON: " + e.getMessage(), "mend it", e);
    }
  }
}
