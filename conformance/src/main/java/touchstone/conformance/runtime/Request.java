package touchstone.conformance.runtime;

import java.util.Objects;
import touchstone.conformance.suite.Arguments;

/**
 * What is asked of a runtime; no expected value, tolerance or flag is in it.
 *
 * @param vector id of the vector that asks
 * @param call name of the call: {@code logits}, {@code op.rmsNorm}, ...
 * @param arguments its arguments; {@code model} is a path below golden-data
 */
public record Request(String vector, String call, Arguments arguments) {
  public Request {
    Objects.requireNonNull(vector, "vector");
    Objects.requireNonNull(call, "call");
    Objects.requireNonNull(arguments, "arguments");
  }
}
