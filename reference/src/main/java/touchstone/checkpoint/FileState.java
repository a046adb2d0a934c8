package touchstone.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * What a mapped file looked like when it was opened. A file that was deleted, or replaced by a
 * rename, has not changed: the mapping still shows the old bytes. A file that was written in place
 * has. A write that keeps the size and falls into the clock tick of the opening goes unnoticed.
 *
 * @rules CKPT-13
 */
record FileState(Path file, long size, FileTime modified, Object key) {
  /** The present state of an open file. */
  static FileState of(Path file, FileChannel channel) throws IOException {
    Path real = file.toRealPath();
    BasicFileAttributes now = Files.readAttributes(real, BasicFileAttributes.class);
    return new FileState(real, channel.size(), now.lastModifiedTime(), now.fileKey());
  }

  /**
   * Compares with the present state.
   *
   * @param channel the file as it was opened, whatever its path leads to by now
   * @throws TouchstoneException with {@link Fault#CHANGED} if it was written to
   */
  void verifyUnchanged(FileChannel channel) {
    try {
      require(channel.size() == size, channel.size() + " bytes, " + size + " when it was opened");
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      if (Objects.equals(now.fileKey(), key)) {
        FileTime then = now.lastModifiedTime();
        require(then.equals(modified), "written at " + then + ", after it was opened");
      }
    } catch (NoSuchFileException _) {
      // Deleted: the mapping keeps its bytes.
    } catch (IOException e) {
      throw FileFaults.reading(file, e);
    }
  }

  private void require(boolean unchanged, String found) {
    if (!unchanged) {
      throw TouchstoneException.of(
          Fault.CHANGED, file, found, "a model must not be written to while it is in use");
    }
  }
}
