package touchstone.conformance.door;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.Request;
import touchstone.conformance.runtime.RuntimeDescription;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * A runtime behind an adapter: a process that answers one JSON object a line on its standard input with
 * one on its standard output (docs/adapter-protocol.md).
 *
 * <p>Whatever the adapter does, a request ends within the settings' patience and with a reply. One that
 * ends, hangs, or speaks otherwise than agreed is a {@link Reply.Broken} and costs the process; the
 * next request finds a new one. After {@value #MOST_FAILED_STARTS} starts in a row that fail, it is given
 * up.
 */
public final class ProcessRuntime implements RuntimeUnderTest {
  private static final int MOST_FAILED_STARTS = 3;

  /**
   * How an adapter is run.
   *
   * @param command program and arguments; no shell sees them
   * @param goldenData the folder below which models are named
   * @param suite version of the vectors
   * @param patience longest time for one answer
   */
  public record Settings(List<String> command, Path goldenData, String suite, Duration patience) {
    public Settings {
      command = List.copyOf(command);
      goldenData = goldenData.toAbsolutePath().normalize();
      Objects.requireNonNull(suite, "suite");
      if (command.isEmpty() || patience.isNegative() || patience.isZero()) {
        throw new IllegalArgumentException("a command and some patience are needed");
      }
    }
  }

  private final Settings settings;
  private final WorkDirectory workDir;
  private final RuntimeDescription description;
  private Optional<AdapterSession> session;
  private int failedStarts;
  private long seq;

  private ProcessRuntime(Settings settings, WorkDirectory workDir, AdapterSession session) {
    this.settings = settings;
    this.workDir = workDir;
    this.description = session.description();
    this.session = Optional.of(session);
  }

  /**
   * Starts the adapter and hears what it says of itself.
   *
   * @throws TouchstoneException PROTOCOL if it cannot be started or does not speak as agreed
   */
  public static ProcessRuntime start(Settings settings) {
    WorkDirectory workDir = WorkDirectory.create();
    try {
      return new ProcessRuntime(settings, workDir, AdapterSession.start(settings, workDir.path()));
    } catch (ProtocolException e) {
      workDir.close();
      throw TouchstoneException.because(
          Fault.PROTOCOL,
          "adapter " + String.join(" ", settings.command()),
          e.getMessage(),
          "docs/adapter-protocol.md says what it is asked and how it answers",
          e);
    }
  }

  @Override
  public RuntimeDescription description() {
    return description;
  }

  @Override
  public synchronized Reply run(Request request) {
    try {
      return running().run(++seq, request);
    } catch (ProtocolException e) {
      session.ifPresent(AdapterSession::kill);
      session = Optional.empty();
      return new Reply.Broken("the adapter " + e.getMessage());
    }
  }

  private AdapterSession running() throws ProtocolException {
    if (session.isEmpty()) {
      session = Optional.of(restarted());
    }
    return session.get();
  }

  private AdapterSession restarted() throws ProtocolException {
    if (failedStarts == MOST_FAILED_STARTS) {
      throw new ProtocolException("is given up: %d starts in a row failed".formatted(failedStarts));
    }
    failedStarts++;
    AdapterSession restarted = AdapterSession.start(settings, workDir.path());
    failedStarts = 0;
    if (!restarted.description().equals(description)) {
      restarted.kill();
      throw new ProtocolException("says something else at hello than at its first start");
    }
    return restarted;
  }

  @Override
  public synchronized void close() {
    session.ifPresent(AdapterSession::close);
    session = Optional.empty();
    workDir.close();
  }
}
