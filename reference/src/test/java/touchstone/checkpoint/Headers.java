package touchstone.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Builds safetensors files by hand, right and wrong ones. */
final class Headers {
  private Headers() {}

  /** A file: length, header, data. */
  static byte[] file(String header, int dataBytes) {
    return file(header.getBytes(StandardCharsets.UTF_8), dataBytes);
  }

  static byte[] file(byte[] header, int dataBytes) {
    return file(header.length, header, dataBytes);
  }

  /** A file whose length field says something of its own. */
  static byte[] file(long length, byte[] header, int dataBytes) {
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + dataBytes);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(header);
    for (int i = 0; bytes.hasRemaining(); i++) {
      bytes.put((byte) i);
    }
    return bytes.array();
  }

  /** An entry of a header. */
  static String entry(String name, String dtype, String shape, String offsets) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}"
        .formatted(name, dtype, shape, offsets);
  }

  /**
   * Writes bytes to a scratch file, over what it held: emptying a file first makes some file systems
   * flush it, which would take most of a test's time.
   */
  static Path write(Path directory, byte[] bytes) {
    Path file = directory.resolve("probe.safetensors");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes));
      channel.truncate(bytes.length);
      return file;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
