package touchstone.app.cli;

import picocli.CommandLine.Option;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** On how many threads to compute. */
sealed class ThreadOptions permits SetOptions {
  private static final int MOST_THREADS = 1024;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute; no bit depends on it. Default: all processors.")
  Integer threads;

  /** The number of threads asked for. */
  final int team() {
    return team(threads);
  }

  /** The number of threads that an option {@code --threads} asks for; all processors if it is null. */
  static int team(Integer threads) {
    int team = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    if (team < 1 || team > MOST_THREADS) {
      throw TouchstoneException.of(
          Fault.USAGE, "--threads", String.valueOf(team), "between 1 and " + MOST_THREADS);
    }
    return team;
  }
}
