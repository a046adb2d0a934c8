package touchstone.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import touchstone.checkpoint.SafetensorsHeader.Entry;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.Tensor;

/**
 * One safetensors file, mapped into memory.
 *
 * <pre>
 * byte 0        8            8 + N                                   end of file
 *      | N: u64 | JSON, N bytes | tensor | tensor | ...              |
 * </pre>
 *
 * The header gives every tensor a type, a shape and a range of bytes. The ranges cover everything
 * after the header, without holes and without overlap, in any order; nothing is promised about
 * alignment.
 *
 * <p>If another process cuts the file short while it is mapped, a scalar read beyond its new end
 * throws {@link InternalError} and a vector load may end the JVM. Whoever computes on the tensors
 * translates the former, and calls {@link #verifyUnchanged} before and after.
 *
 * @source safetensors 0.8.0, README "Format" and tensor.rs; deviations: {@link SafetensorsHeader}
 * @rules CKPT-1 CKPT-2
 */
public final class Safetensors implements AutoCloseable {
  private final Path file;
  private final Arena arena;
  private final FileState state;
  private final Map<String, Tensor> tensors;
  private final Map<String, String> metadata;

  private Safetensors(
      Path file,
      Arena arena,
      FileState state,
      Map<String, Tensor> tensors,
      Map<String, String> metadata) {
    this.file = file;
    this.arena = arena;
    this.state = state;
    this.tensors = Collections.unmodifiableMap(tensors);
    this.metadata = Collections.unmodifiableMap(metadata);
  }

  /**
   * Opens and checks a file; no tensor data is read.
   *
   * @throws TouchstoneException if it is missing, unreadable or malformed; the message names the
   *     byte or the tensor
   */
  public static Safetensors open(Path file) {
    FileFaults.requireRegular(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return open(file, channel);
    } catch (IOException e) {
      throw FileFaults.reading(file, e);
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // close() of what is returned closes the arena
  private static Safetensors open(Path file, FileChannel channel) throws IOException {
    FileState state = FileState.of(file);
    long size = channel.size();
    byte[] json = readHeader(file, channel, size);
    SafetensorsHeader header = SafetensorsHeader.parse(file, json);
    long dataStart = HeaderTokens.LENGTH_BYTES + (long) json.length;
    requireCover(file, header.entries(), size - dataStart);
    Arena arena = Arena.ofShared();
    try {
      MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
      Map<String, Tensor> tensors = tensors(header, all.asSlice(dataStart));
      return new Safetensors(file, arena, state, tensors, header.metadata());
    } catch (IOException | RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  private static Map<String, Tensor> tensors(SafetensorsHeader header, MemorySegment data) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Entry entry : header.entries()) {
      MemorySegment bytes = data.asSlice(entry.begin(), entry.end() - entry.begin());
      tensors.put(entry.name(), new Tensor(entry.name(), entry.dtype(), entry.shape(), bytes));
    }
    return tensors;
  }

  /** The header's bytes, read and not mapped: a file cut short meanwhile is then an ordinary error. */
  private static byte[] readHeader(Path file, FileChannel channel, long size) throws IOException {
    if (size < HeaderTokens.LENGTH_BYTES) {
      throw format(file, "byte 0", size + " bytes", "the first 8 are the header's length");
    }
    long length = read(file, channel, 0, HeaderTokens.LENGTH_BYTES).getLong();
    if (length < 0 || length > SafetensorsHeader.MAX_BYTES) {
      throw format(
          file,
          "byte 0",
          "a header of " + Long.toUnsignedString(length) + " bytes",
          "at most " + SafetensorsHeader.MAX_BYTES + "; is this a safetensors file?");
    }
    if (length > size - HeaderTokens.LENGTH_BYTES) {
      throw format(
          file,
          "byte 0",
          "a header of %d bytes in a file of %d".formatted(length, size),
          "the file is cut short: download it again");
    }
    return read(file, channel, HeaderTokens.LENGTH_BYTES, Math.toIntExact(length)).array();
  }

  private static ByteBuffer read(Path file, FileChannel channel, long position, int count)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw TouchstoneException.of(
            Fault.CHANGED, file, "cut short while it was opened", "open it again");
      }
    }
    return bytes.flip();
  }

  /** The tensors cover the data: each begins where the one before ends, the last ends at its end. */
  private static void requireCover(Path file, List<Entry> entries, long dataBytes) {
    List<Entry> byOffset =
        entries.stream()
            .sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
            .toList();
    long covered = 0;
    for (Entry entry : byOffset) {
      String offsets = "data_offsets [%d, %d]".formatted(entry.begin(), entry.end());
      if (entry.begin() != covered || entry.end() < covered) {
        String allowed = "it must begin at " + covered + ", where the one before ends";
        throw format(file, place(entry), offsets, allowed);
      }
      if (entry.end() - covered != byteSize(file, entry)) {
        throw format(
            file,
            place(entry),
            offsets + " for " + entry.dtype() + " " + entry.shape(),
            "that takes %d bytes".formatted(byteSize(file, entry)));
      }
      covered = entry.end();
    }
    if (covered != dataBytes) {
      throw format(
          file,
          "the header",
          "the tensors take %d bytes, %d follow it".formatted(covered, dataBytes),
          "nothing may be missing or left over: download the file again");
    }
  }

  private static long byteSize(Path file, Entry entry) {
    try {
      long elements = 1;
      for (long extent : entry.shape()) {
        elements = Math.multiplyExact(elements, extent);
      }
      return Math.multiplyExact(elements, entry.dtype().bytes());
    } catch (ArithmeticException _) {
      throw format(
          file, place(entry), "shape " + entry.shape(), "its size must be below 2^63 bytes");
    }
  }

  private static String place(Entry entry) {
    return "tensor '" + entry.name() + "'";
  }

  private static TouchstoneException format(Path file, String at, String found, String allowed) {
    return TouchstoneException.of(Fault.FORMAT, file + ": " + at, found, allowed);
  }

  /** The file, as it was given to {@link #open}. */
  public Path file() {
    return file;
  }

  /** The tensors by name, in the order of the header; their data is mapped until {@link #close}. */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /** The free text pairs of {@code __metadata__}, in the order of the header. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /**
   * Checks that the file was not written to since it was opened; one that was deleted or replaced
   * by another is still whole in memory.
   *
   * @throws TouchstoneException with {@link Fault#CHANGED}
   */
  public void verifyUnchanged() {
    state.verifyUnchanged();
  }

  /** Unmaps the file; its tensors may not be read any more. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
