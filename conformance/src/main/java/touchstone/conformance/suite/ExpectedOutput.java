package touchstone.conformance.suite;

import java.util.Objects;

/**
 * What must come back under one name.
 *
 * @param value the truth
 * @param accept how close is close enough
 */
public record ExpectedOutput(Value value, Accept accept) {
  public ExpectedOutput {
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(accept, "accept");
  }
}
