package touchstone.conformance.runtime;

import java.util.List;

/**
 * A runtime under test. It computes; it does not compare, round or retry. One request at a time.
 */
public interface RuntimeUnderTest extends AutoCloseable {
  /** What it says of itself; the same at every call. */
  RuntimeDescription description();

  /** Sentences for whoever reads the result: what is peculiar, and what cannot be checked, and why. */
  default List<String> findings() {
    return List.of();
  }

  /**
   * Asks it one thing. Whatever the runtime does, this returns: a crash is a {@link Reply.Broken},
   * after which the next request finds it started again, if the door can.
   */
  Reply run(Request request);

  @Override
  void close();
}
