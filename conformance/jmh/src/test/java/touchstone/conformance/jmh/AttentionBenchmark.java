package touchstone.conformance.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;

/** Attention with 32 heads of 128 over a cache of some positions. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class AttentionBenchmark {
  private static final int HEADS = 32;
  private static final int HEAD_DIM = 128;

  /** Positions before the first row. */
  @Param({"0", "512"})
  public int position;

  /** Rows of the queries. */
  @Param({"1", "8", "128"})
  public int rows;

  /** Heads of keys and values. */
  @Param({"32", "8"})
  public int kvHeads;

  private Kernels kernels;
  private KeyValues cache;
  private Activations q; // [rows, HEADS * HEAD_DIM]
  private Activations y; // [rows, HEADS * HEAD_DIM]

  /** Fills the cache. */
  @Setup(Level.Trial)
  public void prepare(KernelState state) {
    kernels = state.open(Numerics.F32);
    int positions = position + rows;
    cache = KeyValues.allocate(kvHeads, positions, HEAD_DIM);
    cache.store(
        0,
        KernelState.draw(1, positions, kvHeads * HEAD_DIM),
        KernelState.draw(2, positions, kvHeads * HEAD_DIM));
    q = KernelState.draw(3, rows, HEADS * HEAD_DIM);
    y = Activations.zeros(rows, HEADS * HEAD_DIM);
  }

  /** Scores, softmax and mix of all heads and rows. */
  @Benchmark
  public float[] attend() {
    kernels.attend(q, position, cache, y);
    return y.values();
  }

  /** Compares with the definition. */
  @TearDown(Level.Trial)
  public void check() {
    KernelState.requireDefined(
        Numerics.F32,
        y,
        scalar -> {
          Activations expected = Activations.zeros(rows, HEADS * HEAD_DIM);
          scalar.attend(q, position, cache, expected);
          return expected;
        });
  }
}
