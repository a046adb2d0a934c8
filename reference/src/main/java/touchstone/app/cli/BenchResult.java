package touchstone.app.cli;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import touchstone.kernels.MachineLimits;
import touchstone.kernels.MachineLimits.Rate;
import touchstone.kernels.Numerics;

/**
 * What came of one test.
 *
 * @param model what ran
 * @param weights what a pass reads
 * @param kernels name of the kernel set
 * @param numerics its mode
 * @param threads threads that computed
 * @param test what was timed
 * @param time when it began
 * @param warmUps runs before those that count
 * @param nanos time of each run that counts
 * @param limits what the machine could do meanwhile
 */
record BenchResult(
    BenchModel model,
    CountedCheckpoint weights,
    String kernels,
    Numerics numerics,
    int threads,
    BenchTest test,
    Instant time,
    int warmUps,
    long[] nanos,
    Optional<MachineLimits> limits) {
  private static final double SECOND = 1e9;

  /** Tokens per second of each run. */
  double[] speeds() {
    return Arrays.stream(nanos).mapToDouble(n -> test.tokens() * SECOND / n).toArray();
  }

  double meanNanos() {
    return mean(Arrays.stream(nanos).asDoubleStream());
  }

  double deviationNanos() {
    return deviation(Arrays.stream(nanos).asDoubleStream().toArray());
  }

  double meanSpeed() {
    return mean(DoubleStream.of(speeds()));
  }

  double deviationSpeed() {
    return deviation(speeds());
  }

  /** Runs per second, so that what a run does may be multiplied with it. */
  private double rate() {
    return meanSpeed() / test.tokens();
  }

  /** Bytes of weights per second, each counted once per pass. */
  double bytesPerSecond() {
    return test.bytesRead(weights) * rate();
  }

  /** Floating-point operations per second in products with weights. */
  double flopsPerSecond() {
    return test.operations(weights) * rate();
  }

  OptionalDouble shareOfRead() {
    return share(bytesPerSecond(), MachineLimits::readBytesPerSecond);
  }

  OptionalDouble shareOfFma() {
    return share(flopsPerSecond(), MachineLimits::fmaFlopsPerSecond);
  }

  private OptionalDouble share(double reached, Function<MachineLimits, Rate> limit) {
    return limits.stream().mapToDouble(l -> reached / limit.apply(l).median()).findFirst();
  }

  private static double mean(DoubleStream values) {
    return values.average().orElseThrow();
  }

  /** Of a sample: squares are divided by one less than their number. */
  private static double deviation(double[] values) {
    double mean = mean(DoubleStream.of(values));
    double squares = DoubleStream.of(values).map(v -> (v - mean) * (v - mean)).sum();
    return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
  }
}
