package touchstone.app.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.MachineLimits;
import touchstone.llama.KeyValueCache;
import touchstone.llama.Llama;
import touchstone.llama.Probe;

/**
 * Times tests on one model, kernel set and number of threads. The machine's limits are measured
 * before the first run, between runs and after the last, so that they are those of the same moment.
 */
final class BenchRunner {
  private static final long TOKENS_SEED = 20_230_718;
  private static final double SECOND = 1e9;

  private final BenchModel model;
  private final Kernels kernels;
  private final Timing timing;
  private final Terminal terminal;
  private final CountedCheckpoint weights;
  private final Llama llama;

  /**
   * How often a test runs.
   *
   * @param repetitions runs that count
   * @param warmUpSeconds least time of the runs before
   * @param limits whether the machine's limits are measured too
   */
  record Timing(int repetitions, double warmUpSeconds, boolean limits) {}

  /** Takes the model's weights into use. */
  BenchRunner(BenchModel model, Kernels kernels, Timing timing, Terminal terminal) {
    this.model = model;
    this.kernels = kernels;
    this.timing = timing;
    this.terminal = terminal;
    this.weights = new CountedCheckpoint(model.checkpoint());
    this.llama = Llama.load(weights, kernels);
    measureLimits(); // the first time may still see the compiler at work
  }

  private List<MachineLimits> measureLimits() {
    return timing.limits() ? KernelSets.limits(kernels.threads()).stream().toList() : List.of();
  }

  BenchResult run(BenchTest test) {
    List<KeyValueCache> caches =
        Stream.generate(() -> llama.newCache(test.positions())).limit(test.sequences()).toList();
    int[][] tokens = tokens(test); // [passes, rows]
    Instant time = Instant.now();
    int warmUps = warmUp(test, tokens, caches);
    long[] nanos = new long[timing.repetitions()];
    List<MachineLimits> limits = new ArrayList<>(measureLimits());
    for (int i = 0; i < timing.repetitions(); i++) {
      nanos[i] = nanos(test, tokens, caches);
      terminal.progress(test.label(), i + 1, timing.repetitions());
      limits.addAll(measureLimits());
    }
    return new BenchResult(
        model,
        weights,
        kernels.name(),
        kernels.numerics(),
        kernels.threads(),
        test,
        time,
        warmUps,
        nanos,
        limits.isEmpty() ? Optional.empty() : Optional.of(MachineLimits.of(limits)));
  }

  private int[][] tokens(BenchTest test) {
    SplittableRandom random = new SplittableRandom(TOKENS_SEED);
    return Stream.generate(() -> random.ints(test.rows(), 0, llama.config().vocab()).toArray())
        .limit(test.passes())
        .toArray(int[][]::new);
  }

  /** Runs until the compiler has had its time: at least once. */
  private int warmUp(BenchTest test, int[][] tokens, List<KeyValueCache> caches) {
    int runs = 0;
    double spent = 0;
    do {
      terminal.progress(
          test.label() + " warming up", Math.round(spent), Math.round(timing.warmUpSeconds()));
      spent += nanos(test, tokens, caches) / SECOND;
      runs++;
    } while (spent < timing.warmUpSeconds());
    return runs;
  }

  private long nanos(BenchTest test, int[][] tokens, List<KeyValueCache> caches) {
    caches.forEach(cache -> cache.truncate(0));
    long start = System.nanoTime();
    switch (test) {
      case BenchTest.Prompt _ ->
          llama.forward(tokens[0], caches.getFirst(), Llama.Rows.LAST, Probe.NONE);
      case BenchTest.Generation _ -> {
        for (int[] step : tokens) {
          llama.forwardBatch(step, caches);
        }
      }
    }
    return System.nanoTime() - start;
  }
}
