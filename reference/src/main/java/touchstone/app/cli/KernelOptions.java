package touchstone.app.cli;

import picocli.CommandLine.Option;
import touchstone.kernels.KernelSets;
import touchstone.kernels.KernelSettings;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;

/** How to compute. */
final class KernelOptions extends SetOptions {
  /** Stands above the options in a help text. */
  static final String HEADING = "%nComputing:%n";

  @Option(
      names = "--numerics",
      paramLabel = "MODE",
      description = "f32, or int8: inputs of quantised matrices rounded to 8 bits. Default: f32.")
  Numerics numerics = Numerics.F32;

  @Option(
      names = "--prepared-memory",
      paramLabel = "SIZE",
      converter = MemorySize.Converter.class,
      description = {
        "Memory for weights rearranged for speed, such as 20g or 500m; 0 for none. Weights beyond are",
        "used as they are stored. No bit depends on it. Default: half of what is free."
      })
  MemorySize preparedMemory;

  Kernels open() {
    long bytes = prepared(preparedMemory);
    return KernelSets.open(kernels, new KernelSettings(numerics, team(), bytes));
  }

  /** The bytes that an option {@code --prepared-memory} asks for; if it is null, half of what is free. */
  static long prepared(MemorySize memory) {
    return memory == null ? MemorySize.free() / 2 : memory.bytes();
  }

  /** Compiles the kernels in the background until it is closed. */
  WarmUp warmUp() {
    return new WarmUp(() -> KernelSets.open(kernels, numerics, 1));
  }
}
