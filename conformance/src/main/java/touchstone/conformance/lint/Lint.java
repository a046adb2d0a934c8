package touchstone.conformance.lint;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Looks through golden data for what is wrong in it. */
public final class Lint {
  private Lint() {}

  /**
   * Everything that is wrong, a line each; empty if nothing is.
   *
   * @param root the folder golden-data
   * @param rules ids of the rules that the specification defines
   */
  public static List<String> findings(Path root, Set<String> rules) {
    List<VectorFile> files = VectorFile.all(root);
    return Stream.of(
            FormCheck.findings(root, files),
            IdCheck.findings(root, files),
            NoteCheck.findings(files),
            RuleCheck.findings(files, rules),
            BlobCheck.findings(root, files),
            ManifestCheck.findings(root, files))
        .flatMap(List::stream)
        .toList();
  }
}
