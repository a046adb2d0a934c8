package touchstone.conformance.app;

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
      description = "Only required, recommended or optional vectors.")
  Set<Level> levels = Set.of();

  Selection selection() {
    return new Selection(vectors, topics, levels);
  }
}
