package touchstone.conformance.suite;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** What must come of a vector; outputs in the order in which they arise. */
public sealed interface Expectation {
  /** These outputs, all of them unless the call says that a subset may come. */
  record Valid(SequencedMap<String, ExpectedOutput> outputs) implements Expectation {
    public Valid {
      outputs = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(outputs));
    }
  }

  /**
   * A refusal.
   *
   * @param errors classes that describe it well: malformed, unsupported, shape, range
   */
  record Invalid(List<String> errors) implements Expectation {
    public Invalid {
      errors = List.copyOf(errors);
    }
  }

  /** These outputs, or a refusal; a flag of the vector says why both are right. */
  record Acceptable(SequencedMap<String, ExpectedOutput> outputs) implements Expectation {
    public Acceptable {
      outputs = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(outputs));
    }
  }
}
