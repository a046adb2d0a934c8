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

/** The operations between the products, in the widths of a 7B. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class ElementwiseBenchmark {
  private static final int DIM = 4096;
  private static final int HIDDEN_DIM = 11008;
  private static final float EPSILON = 1e-5f;

  /** Rows. */
  @Param({"1", "8", "128"})
  public int rows;

  private Kernels kernels;
  private Activations x; // [rows, DIM]
  private float[] gain; // [DIM]
  private Activations normed; // [rows, DIM]
  private Activations gate; // [rows, HIDDEN_DIM]
  private Activations up; // [rows, HIDDEN_DIM]
  private Activations act; // [rows, HIDDEN_DIM]

  /** Draws the inputs. */
  @Setup(Level.Trial)
  public void prepare(KernelState state) {
    kernels = state.open(Numerics.F32);
    x = KernelState.draw(1, rows, DIM);
    gain = KernelState.draw(2, 1, DIM).values();
    normed = Activations.zeros(rows, DIM);
    gate = KernelState.draw(3, rows, HIDDEN_DIM);
    up = KernelState.draw(4, rows, HIDDEN_DIM);
    act = Activations.zeros(rows, HIDDEN_DIM);
  }

  /** Normalisation of every row. */
  @Benchmark
  public float[] rmsNorm() {
    kernels.rmsNorm(x, gain, EPSILON, normed);
    return normed.values();
  }

  /** The gate of the feed-forward network. */
  @Benchmark
  public float[] swiGlu() {
    kernels.swiGlu(gate, up, act);
    return act.values();
  }

  /** Runs both once more and compares with the definition. */
  @TearDown(Level.Trial)
  public void check() {
    rmsNorm();
    swiGlu();
    KernelState.requireDefined(
        Numerics.F32,
        normed,
        scalar -> {
          Activations expected = Activations.zeros(rows, DIM);
          scalar.rmsNorm(x, gain, EPSILON, expected);
          return expected;
        });
    KernelState.requireDefined(
        Numerics.F32,
        act,
        scalar -> {
          Activations expected = Activations.zeros(rows, HIDDEN_DIM);
          scalar.swiGlu(gate, up, expected);
          return expected;
        });
  }
}
