package touchstone.conformance.verify;

import java.time.Duration;
import java.util.Objects;
import touchstone.conformance.suite.Vector;

/**
 * A vector and what became of it.
 *
 * @param took from the question to the answer
 */
public record Result(Vector vector, Verdict verdict, Duration took) {
  public Result {
    Objects.requireNonNull(vector, "vector");
    Objects.requireNonNull(verdict, "verdict");
    Objects.requireNonNull(took, "took");
  }
}
