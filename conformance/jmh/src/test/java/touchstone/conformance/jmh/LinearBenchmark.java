package touchstone.conformance.jmh;

import java.util.Optional;
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
import touchstone.kernels.Linear;
import touchstone.kernels.Numerics;
import touchstone.llama.LinearModule;
import touchstone.synthetic.ModelShape;
import touchstone.synthetic.SyntheticCheckpoint;
import touchstone.synthetic.SyntheticModel;
import touchstone.tensor.Activations;
import touchstone.tensor.WeightMatrix;

/** Products with a matrix of [4096, 4096], quantised and dense. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class LinearBenchmark {
  private static final int DIM = 4096;
  private static final ModelShape SHAPE = new ModelShape("jmh", DIM, DIM, 1, 32, 32, DIM, 64);
  private static final int GROUP_SIZE = 128;

  /** A matrix, its input and its output. */
  private static final class Product {
    private final WeightMatrix weight;
    private final Linear linear;
    private final Numerics numerics;
    private final Activations x; // [rows, DIM]
    private final Activations y; // [rows, DIM]

    Product(
        String module, int bits, boolean actOrder, Numerics numerics, Kernels kernels, int rows) {
      SyntheticModel model = new SyntheticModel(SHAPE, bits, GROUP_SIZE, actOrder, 1);
      try (SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(model, 1)) {
        this.weight = checkpoint.matrix(module);
      }
      this.linear = kernels.linear(weight, Optional.empty());
      this.numerics = numerics;
      this.x = KernelState.draw(2, rows, DIM);
      this.y = Activations.zeros(rows, DIM);
    }

    float[] apply() {
      linear.apply(x, y);
      return y.values();
    }

    /** The first and the last row: the definition takes its time. */
    void check() {
      for (int row : new int[] {0, x.rows() - 1}) {
        KernelState.requireDefined(
            numerics,
            y.rows(row, 1),
            scalar -> {
              Activations expected = Activations.zeros(1, DIM);
              scalar.linear(weight, Optional.empty()).apply(x.rows(row, 1), expected);
              return expected;
            });
      }
    }
  }

  /** A quantised matrix. */
  @State(Scope.Benchmark)
  public static class Gptq {
    /** Bits of a code. */
    @Param({"4", "3"})
    public int bits;

    /** Numeric mode. */
    @Param({"F32", "INT8"})
    public Numerics numerics;

    /** Rows of the input. */
    @Param({"1", "8", "128"})
    public int rows;

    /** Whether a group's inputs lie anywhere. */
    @Param("false")
    public boolean actOrder;

    private Product product;

    /** Makes the matrix. */
    @Setup(Level.Trial)
    public void prepare(KernelState state) {
      String module = LinearModule.ofLayer(SHAPE.config(), 0).getFirst().name();
      product = new Product(module, bits, actOrder, numerics, state.open(numerics), rows);
    }

    /** Compares with the definition. */
    @TearDown(Level.Trial)
    public void check() {
      product.check();
    }
  }

  /** A dense matrix of halves. */
  @State(Scope.Benchmark)
  public static class Dense {
    /** Rows of the input. */
    @Param({"1", "8", "128"})
    public int rows;

    private Product product;

    /** Makes the matrix. */
    @Setup(Level.Trial)
    public void prepare(KernelState state) {
      Kernels kernels = state.open(Numerics.F32);
      product = new Product(LinearModule.HEAD, 4, false, Numerics.F32, kernels, rows);
    }

    /** Compares with the definition. */
    @TearDown(Level.Trial)
    public void check() {
      product.check();
    }
  }

  /** The product with a quantised matrix. */
  @Benchmark
  public float[] gptq(Gptq state) {
    return state.product.apply();
  }

  /** The product with a dense matrix. */
  @Benchmark
  public float[] dense(Dense state) {
    return state.product.apply();
  }
}
