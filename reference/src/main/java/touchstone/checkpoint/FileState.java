package touchstone.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * What a mapped file looked like when it was opened. A file that was written in place has changed.
 * One that was deleted, or replaced by a rename, has not: the mapping still shows the old bytes, and
 * nobody finds them any more to write to. A write that keeps the size and falls into the clock tick
 * of the opening goes unnoticed.
 *
 * @param file the file itself, where links lead to it
 * @param key what tells two files of one name apart, as far as the system has such a thing
 * @rules CKPT-13
 */
record FileState(Path file, long size, FileTime modified, Optional<Object> key) {
  /** The present state. */
  static FileState of(Path file) throws IOException {
    Path real = file.toRealPath();
    BasicFileAttributes now = Files.readAttributes(real, BasicFileAttributes.class);
    return new FileState(
        real, now.size(), now.lastModifiedTime(), Optional.ofNullable(now.fileKey()));
  }

  /**
   * Compares with the present state.
   *
   * @throws TouchstoneException with {@link Fault#CHANGED} if the file was written to
   */
  void verifyUnchanged() {
    try {
      FileState now = of(file);
      if (now.key.equals(key)) {
        require(now.size == size, now.size + " bytes, " + size + " when it was opened");
        require(
            now.modified.equals(modified), "written at " + now.modified + ", after it was opened");
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
