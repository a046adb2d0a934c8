package touchstone.conformance.quantize;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.kernels.KernelSets;
import touchstone.kernels.KernelSettings;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.quantize.CalibrationSet;
import touchstone.quantize.ModelQuantiser;
import touchstone.quantize.ModuleReport;
import touchstone.quantize.QuantisationListener;
import touchstone.quantize.QuantisationPlan;

/** One quantisation from directory to directory, as the command does it. */
record Quantising(String kernelSet, int threads, long statesLimit) {
  /** Calibration data stays in memory. */
  static final Quantising QUICK = new Quantising("simd", 2, Long.MAX_VALUE);

  /** Watches without a word. */
  static class Silent implements QuantisationListener {
    @Override
    public void progress(int layer, String what, double share) {}

    @Override
    public void quantised(ModuleReport report) {}

    @Override
    public void resumed(int layers) {}
  }

  List<ModuleReport> run(
      Path source,
      QuantisationPlan plan,
      CalibrationSet set,
      Path out,
      QuantisationListener listener) {
    try (CheckpointDirectory checkpoint = CheckpointDirectory.open(source, false);
        Kernels kernels =
            KernelSets.open(kernelSet, new KernelSettings(Numerics.F32, threads, 0))) {
      return new ModelQuantiser(checkpoint, Optional.of(set), kernels, statesLimit)
          .run(plan, out, Map.of(), listener);
    }
  }
}
