package touchstone.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * A directory that a model is to be written to: a new one, or an empty one.
 *
 * @rules CKPT-14
 */
public final class OutputDirectory {
  private OutputDirectory() {}

  /**
   * Makes the directory unless it is there and empty.
   *
   * @return whether there was no such directory
   * @throws TouchstoneException OUTPUT if it cannot be created or is not empty
   */
  public static boolean make(Path directory) {
    if (Files.exists(directory)) {
      requireFree(directory);
      return false;
    }
    try {
      Files.createDirectory(directory);
      return true;
    } catch (IOException e) {
      throw TouchstoneException.because(
          Fault.OUTPUT,
          directory,
          "cannot be created",
          "the folder that it is to lie in must exist and be writable",
          e);
    }
  }

  /**
   * Requires that nothing would be lost.
   *
   * @throws TouchstoneException OUTPUT if there is something that is not an empty directory
   */
  public static void requireFree(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    if (!Files.isDirectory(directory)) {
      throw TouchstoneException.of(
          Fault.OUTPUT, directory, "not a directory", "give a new one or an empty one");
    }
    try (Stream<Path> files = Files.list(directory)) {
      if (files.findAny().isPresent()) {
        throw TouchstoneException.of(
            Fault.OUTPUT, directory, "not empty", "give a new directory or an empty one");
      }
    } catch (IOException e) {
      throw TouchstoneException.because(
          Fault.OUTPUT, directory, "cannot be listed", "check its permissions", e);
    }
  }
}
