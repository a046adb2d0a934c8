package touchstone.conformance.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import touchstone.conformance.suite.Level;
import touchstone.conformance.verify.Conclusion.Tally;
import touchstone.conformance.verify.Result;

/**
 * A line of a summary: a topic, or all topics of a section that has many.
 *
 * @param name of the topic or section
 * @param topics how many it stands for
 * @param results in order
 */
public record TopicRow(String name, int topics, List<Result> results) {
  /** Sections with more topics than this, such as one for each model, get one line. */
  private static final int MOST_TOPICS = 8;

  public TopicRow {
    results = List.copyOf(results);
  }

  /** The lines of a report. */
  public static List<TopicRow> of(List<Result> results) {
    Map<String, Map<String, List<Result>>> sections =
        results.stream()
            .collect(
                Collectors.groupingBy(
                    result -> result.vector().section(),
                    LinkedHashMap::new,
                    Collectors.groupingBy(
                        result -> result.vector().topic(),
                        LinkedHashMap::new,
                        Collectors.toList())));
    List<TopicRow> rows = new ArrayList<>();
    sections.forEach(
        (section, topics) -> {
          if (topics.size() > MOST_TOPICS) {
            List<Result> all = topics.values().stream().flatMap(List::stream).toList();
            rows.add(new TopicRow(section, topics.size(), all));
          } else {
            topics.forEach((topic, of) -> rows.add(new TopicRow(topic, 1, of)));
          }
        });
    return rows;
  }

  /** The results of a level. */
  public List<Result> of(Level level) {
    return results.stream().filter(result -> result.vector().level() == level).toList();
  }

  /** The tally of a level. */
  public Tally tally(Level level) {
    return Tally.of(of(level));
  }

  /** Name, and how many topics it stands for. */
  public String title() {
    return topics == 1 ? name : "%s (%d topics)".formatted(name, topics);
  }
}
