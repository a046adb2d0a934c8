package touchstone.kernels;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A fixed team of platform threads that share out the results of one operation. A forward pass has
 * several hundred such regions, so waiting members spin briefly before they sleep. One thread at a
 * time may hand out work.
 */
public final class ThreadTeam implements AutoCloseable {
  /** Looks at a condition before a member sleeps: tens of microseconds, the gap between two regions. */
  private static final int SPINS = 4_000;

  /** A part of the work: results {@code from} up to but not including {@code to}. */
  @FunctionalInterface
  public interface Part {
    void run(int from, int to);
  }

  /** One piece of the work, and which member computes it: 0 up to the number of threads. */
  @FunctionalInterface
  public interface Piece {
    void run(int member, int index);
  }

  private final Helper[] helpers;
  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile int round;
  private volatile boolean closed;
  private IntConsumer work;
  private Thread leader;
  private volatile boolean leaderSleeps;

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
    helpers = new Helper[threads - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Helper(i + 1);
      helpers[i].thread = Thread.ofPlatform().daemon().name(name + "-" + (i + 1)).start(helpers[i]);
    }
  }

  /** Number of threads that compute. */
  public int threads() {
    return helpers.length + 1;
  }

  /**
   * Runs {@code part} over 0 to {@code count}, one contiguous range per thread, and returns when all
   * are done. What a part throws is thrown here.
   */
  public void split(int count, Part part) {
    if (helpers.length == 0 || count < 2) {
      part.run(0, count);
      return;
    }
    int threads = threads();
    all(
        member -> {
          int from = (int) ((long) count * member / threads);
          int to = (int) ((long) count * (member + 1) / threads);
          if (from < to) {
            part.run(from, to);
          }
        });
  }

  /**
   * Runs {@code piece} for every index from 0 to {@code count}, each on the member that comes to it
   * first, and returns when all are done: a member that is held up leaves more to the others. What a
   * piece throws is thrown here.
   */
  public void share(int count, Piece piece) {
    if (helpers.length == 0 || count < 2) {
      for (int index = 0; index < count; index++) {
        piece.run(0, index);
      }
      return;
    }
    next.set(0);
    all(
        member -> {
          int index = next.getAndIncrement();
          while (index < count) {
            piece.run(member, index);
            index = next.getAndIncrement();
          }
        });
  }

  /** Runs the work once on every member. */
  private void all(IntConsumer everyone) {
    work = everyone;
    leader = Thread.currentThread();
    unfinished.set(helpers.length);
    int following = round + 1;
    round = following; // publishes the fields above
    for (Helper helper : helpers) {
      if (helper.sleeps) {
        LockSupport.unpark(helper.thread);
      }
    }
    try {
      everyone.accept(0);
    } finally {
      awaitHelpers();
    }
    Throwable thrown = failure.getAndSet(null);
    switch (thrown) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new AssertionError("a part throws no checked exception", thrown);
    }
  }

  private void awaitHelpers() {
    for (int spin = 0; spin < SPINS; spin++) {
      if (unfinished.get() == 0) {
        return;
      }
      Thread.onSpinWait();
    }
    leaderSleeps = true;
    while (unfinished.get() != 0) {
      LockSupport.park(this);
    }
    leaderSleeps = false;
  }

  /** A member other than the one that hands out the work. */
  private final class Helper implements Runnable {
    private final int member;
    private Thread thread;
    private volatile boolean sleeps;

    Helper(int member) {
      this.member = member;
    }

    @Override
    public void run() {
      for (int seen = 0; awaitRound(seen); seen++) {
        try {
          work.accept(member);
        } catch (Throwable e) {
          failure.compareAndSet(null, e);
        } finally {
          if (unfinished.decrementAndGet() == 0 && leaderSleeps) {
            LockSupport.unpark(leader);
          }
        }
      }
    }

    /** Waits for the round after {@code seen}; false if the team is closed. */
    private boolean awaitRound(int seen) {
      for (int spin = 0; spin < SPINS; spin++) {
        if (round != seen || closed) {
          return !closed;
        }
        Thread.onSpinWait();
      }
      sleeps = true;
      while (round == seen && !closed) {
        LockSupport.park(this);
      }
      sleeps = false;
      return !closed;
    }
  }

  /** Ends the threads. */
  @Override
  public void close() {
    closed = true;
    for (Helper helper : helpers) {
      LockSupport.unpark(helper.thread);
    }
  }
}
