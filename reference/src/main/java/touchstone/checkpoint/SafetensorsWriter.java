package touchstone.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import touchstone.error.TouchstoneException;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

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

  /** Most bytes handed to the operating system at once: a buffer is counted in ints. */
  private static final long CHUNK = 1L << 24;

  private SafetensorsWriter() {}

  /** A tensor of floats that shares nothing with the array. */
  public static Tensor floats(String name, List<Long> shape, float[] values) {
    byte[] bytes = new byte[Math.multiplyExact(values.length, Float.BYTES)];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return new Tensor(name, DType.F32, shape, MemorySegment.ofArray(bytes));
  }

  /**
   * Writes a file, or leaves what was there: see {@link AtomicFile}.
   *
   * @param metadata free text
   * @throws TouchstoneException OUTPUT if the file cannot be created, DISK_FULL or IO if it cannot be
   *     finished
   * @throws IllegalArgumentException if the result would not be a file that {@link Safetensors} reads
   */
  public static void write(Path file, Map<String, String> metadata, List<Tensor> tensors) {
    List<Tensor> sorted =
        tensors.stream()
            .sorted(
                Comparator.comparing(Tensor::dtype, Comparator.reverseOrder())
                    .thenComparing(Tensor::name))
            .toList();
    byte[] header = header(metadata, sorted);
    long size = HeaderTokens.LENGTH_BYTES + (long) header.length;
    for (Tensor tensor : sorted) {
      size = Math.addExact(size, tensor.data().byteSize());
    }
    AtomicFile.write(file, size, channel -> writeAll(channel, header, sorted));
  }

  private static void writeAll(FileChannel channel, byte[] header, List<Tensor> tensors)
      throws IOException {
    ByteBuffer length = ByteBuffer.allocate(HeaderTokens.LENGTH_BYTES);
    write(channel, length.order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length));
    write(channel, ByteBuffer.wrap(header));
    for (Tensor tensor : tensors) {
      MemorySegment data = tensor.data();
      for (long at = 0; at < data.byteSize(); at += CHUNK) {
        long count = Math.min(CHUNK, data.byteSize() - at);
        write(channel, ByteBuffer.wrap(data.asSlice(at, count).toArray(ValueLayout.JAVA_BYTE)));
      }
    }
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static byte[] header(Map<String, String> metadata, List<Tensor> tensors) {
    requireNames(tensors);
    requireMetadata(metadata);
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    try (JsonGenerator out = new JsonFactory().createGenerator(json)) {
      out.writeStartObject();
      writeMetadata(out, metadata);
      long begin = 0;
      for (Tensor tensor : tensors) {
        writeEntry(out, tensor, begin);
        begin = Math.addExact(begin, tensor.data().byteSize());
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

  private static void writeEntry(JsonGenerator out, Tensor tensor, long begin) throws IOException {
    out.writeObjectFieldStart(tensor.name());
    out.writeStringField("dtype", tensor.dtype().name());
    out.writeFieldName("shape");
    long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
    out.writeArray(shape, 0, shape.length);
    out.writeFieldName("data_offsets");
    out.writeArray(new long[] {begin, begin + tensor.data().byteSize()}, 0, 2);
    out.writeEndObject();
  }

  private static void requireNames(List<Tensor> tensors) {
    if (tensors.size() > SafetensorsHeader.MAX_TENSORS) {
      throw new IllegalArgumentException(tensors.size() + " tensors are too many");
    }
    Set<String> names = new HashSet<>();
    for (Tensor tensor : tensors) {
      int bytes = tensor.name().getBytes(StandardCharsets.UTF_8).length;
      if (bytes > SafetensorsHeader.MAX_NAME_BYTES
          || tensor.shape().size() > SafetensorsHeader.MAX_RANK
          || tensor.name().equals(SafetensorsHeader.METADATA)
          || !isText(tensor.name())
          || !names.add(tensor.name())) {
        throw new IllegalArgumentException(
            "a tensor's name must be unique, short and valid text, its rank at most %d: '%s' %s"
                .formatted(SafetensorsHeader.MAX_RANK, tensor.name(), tensor.shape()));
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
