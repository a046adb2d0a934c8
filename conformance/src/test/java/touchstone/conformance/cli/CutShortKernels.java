package touchstone.conformance.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import touchstone.gptq.GptqMatrix;
import touchstone.kernels.KernelSets;
import touchstone.kernels.KernelSettings;
import touchstone.kernels.Kernels;
import touchstone.kernels.KernelsProvider;
import touchstone.kernels.Linear;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.WeightMatrix;

/**
 * A kernel set that hands everything to another one, and cuts the file of the weights short at the
 * worst moment: in the middle of a run, when the code that reads them has been compiled. {@link
 * CutShortTest} installs it in the processes that it starts, and says with system properties what is
 * to happen.
 */
public final class CutShortKernels implements KernelsProvider {
  static final String NAME = "cut-short";

  /** The file to cut. */
  static final String FILE = "cut.file";

  /** Name of the set that computes. */
  static final String SET = "cut.set";

  /** Simple name of the type of weight that is cut short. */
  static final String WEIGHT = "cut.weight";

  /** Whether it happens while weights are prepared; else while products are taken with stored ones. */
  static final String PREPARING = "cut.preparing";

  /** Bytes that are left of the file. */
  static final long LEFT = 8192;

  /** Often enough that every loop has been compiled by the best compiler. */
  private static final int REPETITIONS = 2_000;

  private final boolean preparing = Boolean.getBoolean(PREPARING);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Kernels create(KernelSettings settings) {
    Kernels kernels = KernelSets.open(System.getProperty(SET), settings);
    return (Kernels)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Kernels.class},
            (_, method, arguments) -> {
              if (method.getName().equals("linear") && isChosen((WeightMatrix) arguments[0])) {
                return linear(kernels, (WeightMatrix) arguments[0]);
              }
              try {
                return method.invoke(kernels, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Only weights in a file: a command may take others into use to have its kernels compiled. */
  private static boolean isChosen(WeightMatrix weight) {
    boolean mapped =
        switch (weight) {
          case GptqMatrix gptq -> gptq.qweight().data().isMapped();
          case DenseMatrix dense -> dense.tensor().data().isMapped();
        };
    return mapped && weight.getClass().getSimpleName().equals(System.getProperty(WEIGHT));
  }

  private Linear linear(Kernels kernels, WeightMatrix weight) {
    if (preparing) {
      for (int i = 0; i < REPETITIONS; i++) {
        kernels.linear(weight, Optional.empty());
      }
      cut();
      return kernels.linear(weight, Optional.empty());
    }
    Linear stored = kernels.linear(weight, Optional.empty());
    return (x, y) -> {
      for (int i = 0; i < REPETITIONS; i++) {
        stored.apply(x, y);
      }
      cut();
      stored.apply(x, y);
    };
  }

  private static void cut() {
    try (FileChannel file =
        FileChannel.open(Path.of(System.getProperty(FILE)), StandardOpenOption.WRITE)) {
      file.truncate(LEFT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
