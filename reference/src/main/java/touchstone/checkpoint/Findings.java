package touchstone.checkpoint;

import java.util.ArrayList;
import java.util.List;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * What is odd about a checkpoint and yet readable. Each finding is one line; a strict reader takes
 * the first for a fault.
 *
 * @rules CKPT-12
 */
final class Findings {
  private final boolean strict;
  private final List<String> lines = new ArrayList<>();

  Findings(boolean strict) {
    this.strict = strict;
  }

  /** Notes a finding, or refuses the checkpoint for it. */
  void add(Object where, String found, String reading) {
    if (strict) {
      throw TouchstoneException.of(Fault.FORMAT, where, found, "strict: " + reading);
    }
    lines.add(TouchstoneException.printable(where + ": " + found + "; " + reading));
  }

  /** The findings so far, one line each. */
  List<String> lines() {
    return List.copyOf(lines);
  }
}
