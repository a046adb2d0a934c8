package touchstone.checkpoint;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** Turns what the operating system says about a file into a fault that names the file. */
public final class FileFaults {
  /** What Linux, macOS and Windows say when a disk or a quota is full; Java has no type for it. */
  private static final String[] FULL = {
    "no space left", "not enough space", "quota exceeded", "disc quota", "disk quota"
  };

  private FileFaults() {}

  /** The fault for a file that could not be read. */
  public static TouchstoneException reading(Path file, IOException e) {
    return switch (e) {
      case NoSuchFileException _ ->
          TouchstoneException.because(Fault.MISSING, file, "no such file", "check the path", e);
      case AccessDeniedException _ ->
          TouchstoneException.because(
              Fault.PERMISSION, file, "may not be read", "check its permissions", e);
      default ->
          TouchstoneException.because(
              Fault.IO, file, "cannot be read: " + reason(e), "check the disk", e);
    };
  }

  /** The fault for an output that could not be created. */
  public static TouchstoneException creating(Path file, IOException e) {
    return isFull(e)
        ? writing(file, e)
        : TouchstoneException.because(
            Fault.OUTPUT,
            file,
            "cannot be created: " + reason(e),
            "the folder must exist and be writable",
            e);
  }

  /** The fault for an output that was created and could not be finished. */
  public static TouchstoneException writing(Path file, IOException e) {
    return isFull(e)
        ? TouchstoneException.because(
            Fault.DISK_FULL, file, "no room left on its disk", "nothing was written; free some", e)
        : TouchstoneException.because(
            Fault.IO, file, "cannot be written: " + reason(e), "nothing was written", e);
  }

  private static boolean isFull(IOException e) {
    String message = reason(e).toLowerCase(Locale.ROOT);
    return Stream.of(FULL).anyMatch(message::contains);
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /**
   * Refuses what is not a regular file or a link to one: a folder has no bytes, and opening a named
   * pipe would wait for ever.
   */
  static void requireRegular(Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw TouchstoneException.of(
          Fault.FORMAT, file, "not a regular file", "a file, or a link to one, is needed");
    }
  }
}
