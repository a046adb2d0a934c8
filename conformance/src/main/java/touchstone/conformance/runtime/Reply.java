package touchstone.conformance.runtime;

import java.util.Map;
import java.util.Objects;
import touchstone.conformance.suite.Value;

/** What came of a request. */
public sealed interface Reply {
  /** Outputs by name. */
  record Result(Map<String, Value> outputs) implements Reply {
    public Result {
      outputs = Map.copyOf(outputs);
    }
  }

  /** The runtime cannot do this, and says why; neither passed nor failed. */
  record Skipped(String reason) implements Reply {
    public Skipped {
      Objects.requireNonNull(reason, "reason");
    }
  }

  /**
   * The runtime refused, in good order.
   *
   * @param errorClass malformed, unsupported, shape, range, or its own word
   */
  record Refused(String errorClass, String message) implements Reply {
    public Refused {
      Objects.requireNonNull(errorClass, "errorClass");
      Objects.requireNonNull(message, "message");
    }
  }

  /**
   * No answer: the runtime ended, hung, or said what the door does not understand. Never a pass, not
   * even where a refusal is expected.
   */
  record Broken(String what) implements Reply {
    public Broken {
      Objects.requireNonNull(what, "what");
    }
  }
}
