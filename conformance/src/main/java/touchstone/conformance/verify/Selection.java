package touchstone.conformance.verify;

import java.util.List;
import java.util.Set;
import touchstone.conformance.suite.Level;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.suite.Vector;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * Which vectors are asked.
 *
 * @param ids of single vectors; if empty, all
 * @param topics whole topics, or beginnings of them: {@code operation} is all of its topics; if empty,
 *     all
 * @param levels how much they decide
 */
public record Selection(Set<String> ids, List<String> topics, Set<Level> levels) {
  /** What is asked unless a person chooses: optional vectors are expensive. */
  public static final Set<Level> USUAL_LEVELS = Set.of(Level.REQUIRED, Level.RECOMMENDED);

  /** What is asked unless a person chooses. */
  public static final Selection USUAL = new Selection(Set.of(), List.of(), USUAL_LEVELS);

  public Selection {
    ids = Set.copyOf(ids);
    topics = List.copyOf(topics);
    levels = Set.copyOf(levels);
  }

  /** Whether every vector that decides is asked. */
  public boolean isWhole() {
    return ids.isEmpty() && topics.isEmpty() && levels.contains(Level.REQUIRED);
  }

  /** The chosen vectors of a suite, in its order. */
  public List<Vector> of(Suite suite) {
    for (String id : ids) {
      if (suite.vectors().stream().noneMatch(vector -> vector.id().equals(id))) {
        throw none("--vector", id);
      }
    }
    for (String topic : topics) {
      if (suite.vectors().stream().noneMatch(vector -> isIn(vector, topic))) {
        throw none("--topic", topic);
      }
    }
    return suite.vectors().stream().filter(this::includes).toList();
  }

  private boolean includes(Vector vector) {
    return (ids.isEmpty() || ids.contains(vector.id()))
        && (topics.isEmpty() || topics.stream().anyMatch(topic -> isIn(vector, topic)))
        && levels.contains(vector.level());
  }

  private static boolean isIn(Vector vector, String topic) {
    return (vector.topic() + "/").startsWith(topic + "/");
  }

  private static TouchstoneException none(String option, String value) {
    return TouchstoneException.of(
        Fault.USAGE,
        option,
        "no vector is in '" + value + "'",
        "touchstone verify --list names all");
  }
}
