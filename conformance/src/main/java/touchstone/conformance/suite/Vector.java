package touchstone.conformance.suite;

import java.util.List;
import touchstone.conformance.runtime.Request;

/**
 * One thing asked of a runtime, and what must come back.
 *
 * @param id {@code topic/name}; never changes, never used again
 * @param topic the file it stands in
 * @param title what is special about it
 * @param level how much it decides
 * @param rules ids of docs/spec that it tests
 * @param notes what its flags mean
 * @param request what is asked
 * @param expectation what must come back
 */
public record Vector(
    String id,
    String topic,
    String title,
    Level level,
    List<String> rules,
    List<Note> notes,
    Request request,
    Expectation expectation) {
  public Vector {
    if (!id.startsWith(topic + "/")) {
      throw new IllegalArgumentException("vector " + id + " stands in topic " + topic);
    }
    rules = List.copyOf(rules);
    notes = List.copyOf(notes);
  }

  /** What the topic belongs to: {@code operation} of {@code operation/rms-norm}. */
  public String section() {
    return topic.substring(0, (topic + "/").indexOf('/'));
  }
}
