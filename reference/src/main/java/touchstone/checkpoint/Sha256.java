package touchstone.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What tells the content of a file from any other. */
public final class Sha256 {
  private static final int PART = 1 << 20;

  private Sha256() {}

  /** A digest of nothing yet. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  /**
   * The digest of a file, in hexadecimal digits.
   *
   * @throws touchstone.error.TouchstoneException if it cannot be read
   */
  public static String of(Path file) {
    MessageDigest digest = digest();
    ByteBuffer part = ByteBuffer.allocate(PART);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(part) >= 0) {
        digest.update(part.flip());
        part.clear();
      }
    } catch (IOException e) {
      throw FileFaults.reading(file, e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
