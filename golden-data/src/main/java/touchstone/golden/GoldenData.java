package touchstone.golden;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the golden data lies: the folder {@code golden-data} of a checkout. */
public final class GoldenData {
  private GoldenData() {}

  /**
   * The folder itself: under the system property {@code touchstone.root} if that is set, else under
   * {@code touchstone.home}, which the launcher sets, else in the working directory; or in the nearest
   * parent that has one.
   *
   * @throws IllegalStateException if there is none
   */
  public static Path root() {
    String root = System.getProperty("touchstone.root", System.getProperty("touchstone.home"));
    Path start = Path.of(root == null ? "" : root).toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      Path candidate = folder.resolve("golden-data");
      if (Files.isDirectory(candidate.resolve("models"))) {
        return candidate;
      }
    }
    throw new IllegalStateException(
        "no folder golden-data/models in "
            + start
            + " or above it; set -Dtouchstone.root=CHECKOUT");
  }

  /** A file or folder of the golden data, given relative to {@link #root()}. */
  public static Path path(String relative) {
    return root().resolve(relative);
  }

  /**
   * A file of the shared data that is never committed (real tokenizers and checkpoints), given by
   * the system property {@code touchstone.shared.data}; empty where it is absent.
   */
  public static Optional<Path> shared(String relative) {
    return Optional.ofNullable(System.getProperty("touchstone.shared.data"))
        .map(folder -> Path.of(folder).resolve(relative))
        .filter(Files::exists);
  }
}
