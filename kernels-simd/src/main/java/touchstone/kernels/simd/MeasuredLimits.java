package touchstone.kernels.simd;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.IntConsumer;
import touchstone.kernels.MachineLimits;
import touchstone.kernels.MachineLimits.Rate;
import touchstone.kernels.ThreadTeam;

/**
 * Measures the limits of this machine. A pass is one piece of work per thread, timed as a whole by
 * the calling thread; passes before the rates settle, while the compiler works, do not count.
 */
final class MeasuredLimits implements AutoCloseable {
  /** Well beyond the last-level cache, all threads together. */
  private static final long READ_BYTES = 512L << 20;

  /** Runs of a thread in a pass: 20 to 40 ms. */
  private static final int FMA_RUNS = 5_000;

  private static final int PASSES = 5;
  private static final int HAND_OFFS = 200;

  /** Rates have settled when so many passes in a row were not faster by more than a twentieth. */
  private static final int SETTLED_PASSES = 2;

  private static final double FASTER = 1.05;
  private static final int MOST_UNSETTLED = 50;
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ThreadTeam team;

  private MeasuredLimits(int threads) {
    this.team = new ThreadTeam("limits", threads);
  }

  static MachineLimits measure(int threads) {
    try (MeasuredLimits limits = new MeasuredLimits(threads)) {
      return new MachineLimits(
          limits.read(), limits.fma(), limits.handOffNanos(), Lanes.FLOATS.vectorBitSize());
    }
  }

  private Rate read() {
    ReadStream[] streams = new ReadStream[team.threads()];
    try (Arena arena = Arena.ofShared()) {
      onEveryThread(i -> streams[i] = new ReadStream(arena, READ_BYTES / streams.length));
      long bytes = Arrays.stream(streams).mapToLong(ReadStream::bytes).sum();
      return rate(() -> bytes / seconds(i -> streams[i].read()));
    }
  }

  private Rate fma() {
    double operations = (double) FmaPeak.OPERATIONS * FMA_RUNS * team.threads();
    seconds(_ -> FmaPeak.run(FMA_RUNS / 20)); // most of it before it is compiled
    return rate(() -> operations / seconds(_ -> FmaPeak.run(FMA_RUNS)));
  }

  private double handOffNanos() {
    double[] nanos = new double[HAND_OFFS];
    for (int i = 0; i < HAND_OFFS; i++) {
      nanos[i] = NANOS * seconds(_ -> {});
    }
    return median(nanos);
  }

  private static Rate rate(DoubleSupplier pass) {
    double best = 0;
    int settled = 0;
    for (int i = 0; i < MOST_UNSETTLED && settled < SETTLED_PASSES; i++) {
      double rate = pass.getAsDouble();
      settled = rate > FASTER * best ? 0 : settled + 1;
      best = Math.max(best, rate);
    }
    double[] rates = new double[PASSES];
    Arrays.setAll(rates, _ -> pass.getAsDouble());
    return new Rate(median(rates), Arrays.stream(rates).max().orElseThrow());
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return (values[values.length / 2] + values[(values.length - 1) / 2]) / 2;
  }

  private double seconds(IntConsumer work) {
    long start = System.nanoTime();
    onEveryThread(work);
    return (System.nanoTime() - start) / NANOS;
  }

  private void onEveryThread(IntConsumer work) {
    team.split(
        team.threads(),
        (from, to) -> {
          for (int i = from; i < to; i++) {
            work.accept(i);
          }
        });
  }

  @Override
  public void close() {
    team.close();
  }
}
