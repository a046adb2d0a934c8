package touchstone.conformance.app;

import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;
import touchstone.conformance.suite.Level;
import touchstone.conformance.verify.Selection;

/** Which vectors are asked. */
final class SelectionOptions {
  @Option(
      names = "--vector",
      paramLabel = "ID",
      description = "Only this vector; may be given several times.")
  Set<String> vectors = new LinkedHashSet<>();

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      description = {
        "Only this topic, or all that begin with it: operation/rope, or operation; may be given",
        "several times."
      })
  List<String> topics = List.of();

  @Option(
      names = "--level",
      paramLabel = "LEVEL",
      split = ",",
      description = {
        "Which levels: required, recommended, optional. Default: the first two; of vectors that are",
        "named, any."
      })
  Set<Level> levels = Set.of();

  Selection selection() {
    return new Selection(vectors, topics, levels.isEmpty() ? usual() : levels);
  }

  private Set<Level> usual() {
    return vectors.isEmpty() ? Selection.USUAL_LEVELS : EnumSet.allOf(Level.class);
  }
}
