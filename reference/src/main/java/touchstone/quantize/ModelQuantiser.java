package touchstone.quantize;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.checkpoint.Sha256;
import touchstone.checkpoint.StoredTensor;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqStorage;
import touchstone.kernels.Kernels;
import touchstone.llama.LinearModule;

/**
 * Quantises a model, layer after layer, in the memory of one layer and the calibration data. Work that
 * ends early is taken up by the same call; the bytes that come out are the same, whatever the number of
 * threads, the kernel set and the interruptions.
 *
 * <p>What the finished layers make of the calibration data is computed again when work is taken up, and
 * not kept: it has the same bits, takes a third of the time that quantising those layers took, and saves
 * gigabytes of writing after each layer.
 *
 * @source AutoGPTQ v0.4.2 modeling/_base.py, quantize
 */
public final class ModelQuantiser {
  private final CheckpointDirectory source;
  private final Optional<CalibrationSet> set;
  private final Kernels kernels;
  private final long statesLimit;
  private final Map<String, String> digests;
  private final FirstHessian first = new FirstHessian();

  /**
   * Prepares for one or several quantisations of a model.
   *
   * @param source not quantised; stays open
   * @param set the calibration data; round-to-nearest needs none
   * @param kernels compute; stay open
   * @param statesLimit bytes of calibration data to keep in memory; more goes to a temporary file
   * @throws TouchstoneException UNSUPPORTED if the source is quantised or has a module that cannot be
   */
  public ModelQuantiser(
      CheckpointDirectory source, Optional<CalibrationSet> set, Kernels kernels, long statesLimit) {
    this.source = source;
    this.set = set;
    this.kernels = kernels;
    this.statesLimit = statesLimit;
    requireDense(source);
    LinearModule.ofLayer(source.config(), 0).forEach(ModelQuantiser::requireShape);
    this.digests = digests(source);
  }

  /** Refuses a model that is quantised already. */
  public static void requireDense(CheckpointDirectory source) {
    if (source.quantisation().isPresent()) {
      throw TouchstoneException.of(
          Fault.UNSUPPORTED,
          source.directory(),
          "a model that is already quantised",
          "quantise the original, in F16, BF16 or F32");
    }
  }

  private static void requireShape(LinearModule module) {
    if (module.inputs() % 32 != 0 || module.outputs() % 32 != 0) {
      throw TouchstoneException.of(
          Fault.UNSUPPORTED,
          module.name(),
          "%d inputs, %d outputs".formatted(module.inputs(), module.outputs()),
          "codes are packed in words: both must be multiples of 32");
    }
  }

  private static Map<String, String> digests(CheckpointDirectory source) {
    Map<String, String> digests = new TreeMap<>();
    Path config = source.directory().resolve("config.json");
    digests.put("config.json", Sha256.of(config));
    source.tensors().stream()
        .map(StoredTensor::file)
        .distinct()
        .forEach(file -> digests.put(file.getFileName().toString(), Sha256.of(file)));
    return digests;
  }

  /** Whether a directory holds what {@link #run} would put there. */
  public boolean isDone(QuantisationPlan plan, Path directory) {
    return record(plan).isOf(directory);
  }

  private QuantisationRecord record(QuantisationPlan plan) {
    return QuantisationRecord.of(plan, digests, calibration(plan));
  }

  private Optional<CalibrationSet> calibration(QuantisationPlan plan) {
    return switch (plan.method()) {
      case GPTQ -> Optional.of(set.orElseThrow());
      case RTN -> Optional.empty();
    };
  }

  /**
   * Quantises the model.
   *
   * @param directory a new one, or an empty one; it appears as a whole
   * @param further what else is to lie there, by file name: a tokenizer's files
   * @return what became of each module
   * @throws TouchstoneException OUTPUT, DISK_FULL or IO if the directory cannot be made or work there was
   *     begun with another plan or model; FORMAT if a weight or activation is not finite; what the solver
   *     throws. Layers that are finished are kept
   */
  public List<ModuleReport> run(
      QuantisationPlan plan,
      Path directory,
      Map<String, byte[]> further,
      QuantisationListener listener) {
    QuantisationRecord record = record(plan);
    try (WorkFolder work = WorkFolder.open(directory, record)) {
      work.requireSpace(2 * GptqStorage.totalBytes(source.config(), plan.config()) + spilled(plan));
      quantiseLayers(plan, work, listener);
      Path model = work.model();
      List<ModuleReport> reports =
          new QuantisedDirectory(source, plan, work)
              .write(model, record, further, calibration(plan).map(CalibrationSet::seqLen));
      work.finish(model);
      return reports;
    }
  }

  /** Bytes of calibration data that go to a file. */
  private long spilled(QuantisationPlan plan) {
    long bytes = calibration(plan).map(this::stateBytes).orElse(0L);
    return bytes > statesLimit ? bytes : 0;
  }

  private long stateBytes(CalibrationSet data) {
    return CalibrationStates.bytes(data.samples(), data.seqLen(), source.config().dim());
  }

  private void quantiseLayers(
      QuantisationPlan plan, WorkFolder work, QuantisationListener listener) {
    int finished = work.layers();
    if (finished > 0) {
      listener.resumed(finished);
    }
    if (finished == source.config().layers()) {
      return;
    }
    Optional<CalibrationSet> seen = calibration(plan);
    if (seen.isEmpty()) {
      new QuantisationRun(source, plan, kernels, work, Optional.empty()).layers(listener);
      return;
    }
    try (Calibration data = embed(seen.get(), work)) {
      new QuantisationRun(source, plan, kernels, work, Optional.of(data)).layers(listener);
    }
  }

  private Calibration embed(CalibrationSet data, WorkFolder work) {
    CalibrationStates states =
        new CalibrationStates(
            data.samples(), data.seqLen(), source.config().dim(), statesLimit, work.path());
    try {
      return new Calibration(data, source, kernels, states, first);
    } catch (RuntimeException | Error e) {
      states.close();
      throw e;
    }
  }
}
