package touchstone.conformance.mutant;

import java.util.List;
import java.util.stream.Stream;

/** Addresses of public issues and pull requests. */
final class IssueLinks {
  private IssueLinks() {}

  /**
   * Their addresses.
   *
   * @param issues and pull requests, as {@code owner/repository#number}
   */
  static List<String> of(String... issues) {
    return Stream.of(issues)
        .map(issue -> "https://github.com/" + issue.replace("#", "/issues/"))
        .toList();
  }
}
