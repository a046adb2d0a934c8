package touchstone.conformance.suite;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What must come of a vector. */
public sealed interface Expectation {
  /** These outputs, all of them unless the call says that a subset may come. */
  record Valid(Map<String, ExpectedOutput> outputs) implements Expectation {
    public Valid {
      outputs = Map.copyOf(new LinkedHashMap<>(outputs));
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
  record Acceptable(Map<String, ExpectedOutput> outputs) implements Expectation {
    public Acceptable {
      outputs = Map.copyOf(new LinkedHashMap<>(outputs));
    }
  }
}
