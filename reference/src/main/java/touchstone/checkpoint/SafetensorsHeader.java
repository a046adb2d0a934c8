package touchstone.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.DType;

/**
 * The JSON header of a safetensors file, as written there: offsets are not yet compared with each
 * other or with the file. It is read as a stream, since a header may have 100 MB.
 *
 * @source safetensors 0.8.0 tensor.rs, whose verdicts on malformed headers are repeated here
 * @deviation refused here, accepted there: a tensor name or a metadata key that stands twice (its
 *     own format text forbids the first); extents and their products beyond a Java {@code long}; an
 *     entry written as an array, a dtype written as an object (both leak from its JSON library);
 *     dtypes narrower than a byte, complex ones, and whatever is beyond the limits below
 * @rules CKPT-1
 */
final class SafetensorsHeader {
  /** Largest header, as in the Rust reader. */
  static final long MAX_BYTES = 100_000_000;

  static final int MAX_TENSORS = 65_536;
  static final int MAX_METADATA = 65_536;
  static final int MAX_NAME_BYTES = 1024;
  static final int MAX_RANK = 8;
  static final String METADATA = "__metadata__";

  /**
   * What the header says of one tensor.
   *
   * @param begin first byte, counted from the end of the header
   * @param end byte after the last
   */
  record Entry(String name, DType dtype, List<Long> shape, long begin, long end) {}

  private final HeaderTokens tokens;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private boolean metadataSeen;

  private SafetensorsHeader(HeaderTokens tokens) {
    this.tokens = tokens;
  }

  /**
   * Reads a header.
   *
   * @param file for messages
   * @param json the bytes after the eight of the length
   * @throws TouchstoneException that names the byte if it breaks the format
   */
  static SafetensorsHeader parse(Path file, byte[] json) {
    try (HeaderTokens tokens = HeaderTokens.open(file, json)) {
      SafetensorsHeader header = new SafetensorsHeader(tokens);
      header.readDocument();
      return header;
    } catch (JsonProcessingException e) {
      long at = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
      throw TouchstoneException.because(
          Fault.FORMAT,
          file + ": byte " + (HeaderTokens.LENGTH_BYTES + at),
          "the header is not valid JSON: " + e.getOriginalMessage(),
          "the file is damaged",
          e);
    } catch (IOException e) {
      throw FileFaults.reading(file, e);
    }
  }

  /** The tensors, in the header's order. */
  List<Entry> entries() {
    return List.copyOf(entries.values());
  }

  /** The free text pairs, in the header's order. */
  Map<String, String> metadata() {
    return metadata;
  }

  private void readDocument() throws IOException {
    tokens.next();
    while (tokens.nextField()) {
      String name = tokens.name();
      if (name.equals(METADATA)) {
        readMetadata();
      } else {
        readTensor(name);
      }
    }
    if (tokens.next() != null) {
      throw tokens.fault("more text after the header's object", "only spaces may follow");
    }
  }

  private void readMetadata() throws IOException {
    requireFirst(!metadataSeen, METADATA);
    metadataSeen = true;
    if (tokens.isNull()) {
      return;
    }
    tokens.requireObject(METADATA);
    while (tokens.nextField()) {
      String what = METADATA + " '" + tokens.name() + "'";
      requireFirst(metadata.put(tokens.name(), tokens.string(what)) == null, what);
      if (metadata.size() > MAX_METADATA) {
        throw tokens.limit("more metadata", MAX_METADATA);
      }
    }
  }

  private void readTensor(String name) throws IOException {
    if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
      throw tokens.limit("a longer tensor name, in bytes", MAX_NAME_BYTES);
    }
    String what = "tensor '" + name + "'";
    tokens.requireObject(what);
    DType dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    while (tokens.nextField()) {
      String field = what + ": " + tokens.name();
      switch (tokens.name()) {
        case "dtype" -> {
          requireFirst(dtype == null, field);
          dtype = dtype(tokens.string(field), field);
        }
        case "shape" -> {
          requireFirst(shape == null, field);
          shape = tokens.numbers(field, MAX_RANK);
        }
        case "data_offsets" -> {
          requireFirst(offsets == null, field);
          offsets = offsets(field);
        }
        default -> tokens.skip();
      }
    }
    requirePresent(dtype, what + " has no dtype");
    requirePresent(shape, what + " has no shape");
    requirePresent(offsets, what + " has no data_offsets");
    add(new Entry(name, dtype, List.copyOf(shape), offsets.get(0), offsets.get(1)));
  }

  private void add(Entry entry) {
    requireFirst(entries.put(entry.name(), entry) == null, "tensor '" + entry.name() + "'");
    if (entries.size() > MAX_TENSORS) {
      throw tokens.limit("more tensors", MAX_TENSORS);
    }
  }

  private List<Long> offsets(String field) throws IOException {
    List<Long> offsets = tokens.numbers(field, MAX_RANK);
    if (offsets.size() != 2) {
      throw tokens.fault(field + " " + offsets, "it is [begin, end]");
    }
    return offsets;
  }

  private DType dtype(String dtype, String field) {
    return Arrays.stream(DType.values())
        .filter(known -> known.name().equals(dtype))
        .findFirst()
        .orElseThrow(
            () ->
                TouchstoneException.of(
                    Fault.UNSUPPORTED,
                    tokens.here(),
                    field + " '" + dtype + "'",
                    "known: " + Arrays.toString(DType.values())));
  }

  private void requireFirst(boolean first, String what) {
    if (!first) {
      throw tokens.fault(what + " stands twice", "names are unique");
    }
  }

  private void requirePresent(Object value, String found) {
    if (Objects.isNull(value)) {
      throw tokens.fault(found, "every tensor has one");
    }
  }
}
