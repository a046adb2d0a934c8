package touchstone.conformance.door;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import touchstone.checkpoint.FileFaults;

/** A folder for the numbers that pass between two processes; deleted with all that is in it. */
final class WorkDirectory implements AutoCloseable {
  private final Path path;
  private final Thread atExit = new Thread(this::delete);

  private WorkDirectory(Path path) {
    this.path = path;
  }

  /** A new folder, which also goes when this program is interrupted. */
  static WorkDirectory create() {
    Path parent = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      WorkDirectory made =
          new WorkDirectory(Files.createTempDirectory(parent, "touchstone-").toRealPath());
      Runtime.getRuntime().addShutdownHook(made.atExit);
      return made;
    } catch (IOException e) {
      throw FileFaults.creating(parent, e);
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    delete();
  }

  /** Links are deleted and not followed. */
  private void delete() {
    try (Stream<Path> below = Files.walk(path)) {
      List<Path> deepestFirst = below.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException _) {
      // What cannot be deleted is left to whoever cleans the system's folder for such files.
    }
  }
}
