package touchstone.conformance.exam;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import touchstone.json.StrictJson;

/**
 * A model directory that is measured.
 *
 * @param method {@code fp16}, or how it was quantised: {@code gptq}, {@code rtn}
 * @param bits of a weight
 * @param groupSize inputs that share a scale; -1 for all, 0 if it is not quantised
 */
record Candidate(Path directory, String method, int bits, int groupSize) {
  private static final String RECORD = "quantize_record.json";

  /** What {@code touchstone quantize} noted of itself says what it is; the base has no such note. */
  static Candidate of(Path directory) {
    if (!Files.exists(directory.resolve(RECORD))) {
      return new Candidate(directory, "fp16", Short.SIZE, 0);
    }
    JsonNode note = StrictJson.read(directory.resolve(RECORD), StrictJson.CONFIG_BYTES);
    return new Candidate(
        directory,
        note.path("method").asText(),
        note.path("bits").asInt(),
        note.path("group_size").asInt());
  }

  /** The size of its weights' file. */
  long bytes() {
    try {
      return Files.size(directory.resolve("model.safetensors"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first fields of its rows. */
  String fields() {
    return "%s,%d,%d".formatted(method, bits, groupSize);
  }
}
