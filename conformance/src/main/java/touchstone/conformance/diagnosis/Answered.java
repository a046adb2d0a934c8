package touchstone.conformance.diagnosis;

import java.util.Objects;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.suite.Vector;

/** What was asked, and what a runtime said. */
public record Answered(Vector vector, Reply reply) {
  public Answered {
    Objects.requireNonNull(vector, "vector");
    Objects.requireNonNull(reply, "reply");
  }
}
