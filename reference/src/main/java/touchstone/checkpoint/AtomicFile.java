package touchstone.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * Writes a file so that its name shows either the old content or the whole new one: a temporary file
 * in the same folder, forced to disk, then renamed over the name, then the folder forced. A reader
 * that has the old file mapped keeps it.
 *
 * @rules CKPT-14
 */
public final class AtomicFile {
  /** How the names of temporary files begin. */
  public static final String TEMPORARY = ".touchstone-";

  /** What writes the content. */
  @FunctionalInterface
  public interface Content {
    void writeTo(FileChannel channel) throws IOException;
  }

  private AtomicFile() {}

  /** Writes a file of the given bytes; see {@link #write(Path, long, Content)}. */
  public static void write(Path file, byte[] bytes) {
    write(
        file,
        bytes.length,
        channel -> {
          ByteBuffer rest = ByteBuffer.wrap(bytes);
          while (rest.hasRemaining()) {
            channel.write(rest);
          }
        });
  }

  /**
   * Writes a file.
   *
   * @param size bytes that will be written, checked against the free space first
   * @throws TouchstoneException OUTPUT if it cannot be created, DISK_FULL or IO if it cannot be
   *     finished; the temporary file is gone then
   */
  public static void write(Path file, long size, Content content) {
    Path target = target(file);
    Path folder = target.toAbsolutePath().getParent();
    Path temporary = folder.resolve(TEMPORARY + UUID.randomUUID() + ".tmp");
    try (FileChannel channel = create(file, temporary)) {
      requireSpace(file, folder, size);
      content.writeTo(channel);
      channel.force(true);
    } catch (IOException e) {
      remove(temporary);
      throw FileFaults.writing(file, e);
    } catch (RuntimeException | Error e) {
      remove(temporary);
      throw e;
    }
    rename(file, temporary, target);
    force(folder);
  }

  /** Where a link leads; what is not a file (a folder, a device) is not replaced by one. */
  private static Path target(Path file) {
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw TouchstoneException.of(
            Fault.OUTPUT, file, "exists and is not a file", "give the name of a file");
      }
      return Files.isSymbolicLink(file) && Files.exists(file) ? file.toRealPath() : file;
    } catch (IOException e) {
      throw FileFaults.creating(file, e);
    }
  }

  private static FileChannel create(Path file, Path temporary) {
    try {
      return FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw FileFaults.creating(file, e);
    }
  }

  private static void requireSpace(Path file, Path folder, long size) throws IOException {
    long free = Files.getFileStore(folder).getUsableSpace();
    if (size > free) {
      throw TouchstoneException.of(
          Fault.DISK_FULL, file, "needs %d bytes, %d are free".formatted(size, free), "free some");
    }
  }

  private static void rename(Path file, Path temporary, Path target) {
    try {
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      remove(temporary);
      throw FileFaults.creating(file, e);
    }
  }

  private static void remove(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException _) {
      // What failed before is what the user has to know.
    }
  }

  /** Makes the rename last; Windows, which cannot open a folder, does that by itself. */
  private static void force(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException _) {
      // The file is complete under its name; only its survival of a power cut is less certain.
    }
  }
}
