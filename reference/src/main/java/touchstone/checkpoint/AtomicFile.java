package touchstone.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * Writes a file as a whole or not at all: into a temporary file in the same folder, forced to disk,
 * then renamed over the target. Whoever reads the target sees the old bytes or the new ones.
 */
public final class AtomicFile {
  private AtomicFile() {}

  /** Writes the content. */
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Creates or replaces a file.
   *
   * @throws TouchstoneException if it cannot be created or the disk is full; the target is then as it
   *     was and nothing is left behind
   */
  public static void write(Path target, Content content) {
    Path folder = target.toAbsolutePath().getParent();
    Path temporary;
    try {
      temporary = Files.createTempFile(folder, "." + target.getFileName(), ".part");
    } catch (IOException e) {
      throw cannotCreate(target, e);
    }
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        OutputStream out = new java.io.BufferedOutputStream(Channels.newOutputStream(channel));
        content.writeTo(out);
        out.flush();
        channel.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw cannotWrite(target, e);
    } finally {
      deleteQuietly(temporary);
    }
  }

  private static void deleteQuietly(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException _) {
      // The fault that led here is the one to report.
    }
  }

  private static TouchstoneException cannotCreate(Path target, IOException e) {
    String cure =
        switch (e) {
          case NoSuchFileException _ -> "its folder does not exist";
          case NotDirectoryException _ -> "its parent is not a folder";
          case AccessDeniedException _ -> "its folder may not be written";
          default -> "check its folder: " + e.getMessage();
        };
    return TouchstoneException.because(Fault.OUTPUT, target, "cannot be created", cure, e);
  }

  private static TouchstoneException cannotWrite(Path target, IOException e) {
    String reason = String.valueOf(e.getMessage());
    return reason.contains("No space left")
        ? TouchstoneException.because(
            Fault.DISK_FULL, target, "no room left on its disk", "free some and run again", e)
        : TouchstoneException.because(
            Fault.OUTPUT, target, "cannot be written: " + reason, "check its folder", e);
  }
}
