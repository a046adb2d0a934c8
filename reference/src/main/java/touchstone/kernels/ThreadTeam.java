package touchstone.kernels;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed team of platform threads that share out the results of one operation. A forward pass has
 * several hundred such regions, so waiting members spin briefly before they sleep. One thread at a
 * time may hand out work.
 */
public final class ThreadTeam implements AutoCloseable {
  private static final int SPINS = 4_000;

  /** A part of the work: results {@code from} up to but not including {@code to}. */
  @FunctionalInterface
  public interface Part {
    void run(int from, int to);
  }

  private final Thread[] helpers;
  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private Part part;
  private int count;
  private Thread leader;
  private final AtomicInteger round = new AtomicInteger();
  private volatile boolean closed;

  /**
   * Starts a team.
   *
   * @param name of its threads
   * @param threads number of threads that compute, the calling one included
   */
  public ThreadTeam(String name, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("a team has at least one thread, got " + threads);
    }
    helpers = new Thread[threads - 1];
    for (int i = 0; i < helpers.length; i++) {
      int member = i + 1;
      helpers[i] =
          Thread.ofPlatform().daemon().name(name + "-" + member).start(() -> serve(member));
    }
  }

  /** Number of threads that compute. */
  public int threads() {
    return helpers.length + 1;
  }

  /**
   * Runs {@code part} over 0 to {@code count}, one contiguous range per thread, and returns when
   * all are done. What a part throws is thrown here.
   */
  public void split(int count, Part part) {
    if (helpers.length == 0 || count < 2) {
      part.run(0, count);
      return;
    }
    this.part = part;
    this.count = count;
    this.leader = Thread.currentThread();
    unfinished.set(helpers.length);
    round.incrementAndGet(); // publishes the fields above
    for (Thread helper : helpers) {
      LockSupport.unpark(helper);
    }
    try {
      runShare(0);
    } finally {
      await(() -> unfinished.get() == 0);
    }
    Throwable thrown = failure.getAndSet(null);
    switch (thrown) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new AssertionError("a part throws no checked exception", thrown);
    }
  }

  private void serve(int member) {
    int seen = 0;
    while (true) {
      int last = seen;
      await(() -> round.get() != last || closed);
      if (closed) {
        return;
      }
      seen++;
      try {
        runShare(member);
      } catch (Throwable e) {
        failure.compareAndSet(null, e);
      } finally {
        if (unfinished.decrementAndGet() == 0) {
          LockSupport.unpark(leader);
        }
      }
    }
  }

  private void runShare(int member) {
    int from = (int) ((long) count * member / threads());
    int to = (int) ((long) count * (member + 1) / threads());
    if (from < to) {
      part.run(from, to);
    }
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    for (int spin = 0; spin < SPINS; spin++) {
      if (condition.getAsBoolean()) {
        return;
      }
      Thread.onSpinWait();
    }
    while (!condition.getAsBoolean()) {
      LockSupport.park();
    }
  }

  /** Ends the threads. */
  @Override
  public void close() {
    closed = true;
    for (Thread helper : helpers) {
      LockSupport.unpark(helper);
    }
  }
}
