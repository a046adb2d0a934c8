package touchstone.conformance.mutant;

import java.util.List;
import java.util.stream.Stream;

/** Addresses of public threads. */
final class Threads {
  private Threads() {}

  /**
   * Their addresses.
   *
   * @param threads issues or pull requests as {@code owner/repository#number}
   */
  static List<String> of(String... threads) {
    return Stream.of(threads)
        .map(thread -> "https://github.com/" + thread.replace("#", "/issues/"))
        .toList();
  }
}
