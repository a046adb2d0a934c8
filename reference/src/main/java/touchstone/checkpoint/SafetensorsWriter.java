package touchstone.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import touchstone.error.TouchstoneException;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;
import touchstone.tensor.TensorSpec;

/**
 * Writes one safetensors file. Equal input gives equal bytes: tensors with wide elements come first
 * and then go by name, metadata goes by key, and the header is padded with spaces to a multiple of
 * 8, so that every tensor is aligned to its element size.
 *
 * @source safetensors 0.8.0 tensor.rs, prepare; its file for at most one metadata pair is the same
 *     to the byte
 * @rules CKPT-14
 */
public final class SafetensorsWriter {
  private static final int ALIGNMENT = Long.BYTES;

  /** Most bytes handed to the operating system at once. */
  private static final long CHUNK = 1L << 22;

  private static final Comparator<TensorSpec> ORDER =
      Comparator.comparing(TensorSpec::dtype, Comparator.reverseOrder())
          .thenComparing(TensorSpec::name);

  /** Hands out tensors when their turn comes, so that no more than one need be in memory. */
  @FunctionalInterface
  public interface Source {
    /** The tensor that was announced as {@code spec}. */
    Tensor tensor(TensorSpec spec);
  }

  private SafetensorsWriter() {}

  /** A tensor of floats that shares nothing with the array. */
  public static Tensor floats(String name, List<Long> shape, float[] values) {
    byte[] bytes = new byte[Math.multiplyExact(values.length, Float.BYTES)];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return new Tensor(name, DType.F32, shape, MemorySegment.ofArray(bytes));
  }

  /**
   * Writes a file of tensors that are all there; see {@link #write(Path, Map, List, Source,
   * LongConsumer)}.
   */
  public static void write(Path file, Map<String, String> metadata, List<Tensor> tensors) {
    List<TensorSpec> specs = tensors.stream().map(TensorSpec::of).toList();
    Map<String, Tensor> byName = new HashMap<>();
    tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
    write(file, metadata, specs, spec -> byName.get(spec.name()), _ -> {});
  }

  /**
   * Writes a file, or leaves what was there: see {@link AtomicFile}.
   *
   * @param metadata free text
   * @param specs what is to be written, in any order
   * @param source asked once for each tensor, in the order of the file
   * @param progress told after each part how many bytes of tensors are written
   * @throws TouchstoneException OUTPUT if the file cannot be created, DISK_FULL or IO if it cannot be
   *     finished
   * @throws IllegalArgumentException if the result would not be a file that {@link Safetensors} reads
   */
  public static void write(
      Path file,
      Map<String, String> metadata,
      List<TensorSpec> specs,
      Source source,
      LongConsumer progress) {
    List<TensorSpec> sorted = specs.stream().sorted(ORDER).toList();
    byte[] header = header(metadata, sorted);
    long size = HeaderTokens.LENGTH_BYTES + (long) header.length;
    for (TensorSpec spec : sorted) {
      size = Math.addExact(size, spec.bytes());
    }
    AtomicFile.write(file, size, channel -> writeAll(channel, header, sorted, source, progress));
  }

  private static void writeAll(
      FileChannel channel,
      byte[] header,
      List<TensorSpec> specs,
      Source source,
      LongConsumer progress)
      throws IOException {
    ByteBuffer length = ByteBuffer.allocate(HeaderTokens.LENGTH_BYTES);
    write(channel, length.order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length));
    write(channel, ByteBuffer.wrap(header));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment chunk = arena.allocate(CHUNK);
      long written = 0;
      for (TensorSpec spec : specs) {
        MemorySegment data = announced(spec, source.tensor(spec)).data();
        for (long at = 0; at < data.byteSize(); at += CHUNK) {
          long count = Math.min(CHUNK, data.byteSize() - at);
          MemorySegment.copy(data, at, chunk, 0, count);
          write(channel, chunk.asSlice(0, count).asByteBuffer());
          written += count;
          progress.accept(written);
        }
      }
    }
  }

  private static Tensor announced(TensorSpec spec, Tensor tensor) {
    if (!TensorSpec.of(tensor).equals(spec)) {
      throw new IllegalStateException(
          "announced as %s, handed out as %s".formatted(spec, TensorSpec.of(tensor)));
    }
    return tensor;
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static byte[] header(Map<String, String> metadata, List<TensorSpec> specs) {
    requireNames(specs);
    requireMetadata(metadata);
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    try (JsonGenerator out = new JsonFactory().createGenerator(json)) {
      out.writeStartObject();
      writeMetadata(out, metadata);
      long begin = 0;
      for (TensorSpec spec : specs) {
        writeEntry(out, spec, begin);
        begin = Math.addExact(begin, spec.bytes());
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new AssertionError("writing to memory does not fail", e);
    }
    while (json.size() % ALIGNMENT != 0) {
      json.write(' ');
    }
    if (json.size() > SafetensorsHeader.MAX_BYTES) {
      throw new IllegalArgumentException("a header of " + json.size() + " bytes is too large");
    }
    return json.toByteArray();
  }

  private static void writeMetadata(JsonGenerator out, Map<String, String> metadata)
      throws IOException {
    if (!metadata.isEmpty()) {
      out.writeObjectFieldStart(SafetensorsHeader.METADATA);
      for (Map.Entry<String, String> pair : new TreeMap<>(metadata).entrySet()) {
        out.writeStringField(pair.getKey(), pair.getValue());
      }
      out.writeEndObject();
    }
  }

  private static void writeEntry(JsonGenerator out, TensorSpec spec, long begin)
      throws IOException {
    out.writeObjectFieldStart(spec.name());
    out.writeStringField("dtype", spec.dtype().name());
    out.writeFieldName("shape");
    long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
    out.writeArray(shape, 0, shape.length);
    out.writeFieldName("data_offsets");
    out.writeArray(new long[] {begin, begin + spec.bytes()}, 0, 2);
    out.writeEndObject();
  }

  private static void requireNames(List<TensorSpec> specs) {
    if (specs.size() > SafetensorsHeader.MAX_TENSORS) {
      throw new IllegalArgumentException(specs.size() + " tensors are too many");
    }
    Set<String> names = new HashSet<>();
    for (TensorSpec spec : specs) {
      int bytes = spec.name().getBytes(StandardCharsets.UTF_8).length;
      if (bytes > SafetensorsHeader.MAX_NAME_BYTES
          || spec.shape().size() > SafetensorsHeader.MAX_RANK
          || spec.name().equals(SafetensorsHeader.METADATA)
          || !isText(spec.name())
          || !names.add(spec.name())) {
        throw new IllegalArgumentException(
            "a tensor's name must be unique, short and valid text, its rank at most %d: '%s' %s"
                .formatted(SafetensorsHeader.MAX_RANK, spec.name(), spec.shape()));
      }
    }
  }

  private static void requireMetadata(Map<String, String> metadata) {
    if (metadata.size() > SafetensorsHeader.MAX_METADATA) {
      throw new IllegalArgumentException(metadata.size() + " metadata pairs are too many");
    }
    metadata.forEach(
        (key, value) -> {
          if (!isText(key) || !isText(value)) {
            throw new IllegalArgumentException("metadata must be valid text: '" + key + "'");
          }
        });
  }

  /** Half a surrogate pair has no UTF-8. */
  private static boolean isText(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }
}
