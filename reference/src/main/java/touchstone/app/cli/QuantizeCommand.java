package touchstone.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.checkpoint.OutputDirectory;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.kernels.KernelSets;
import touchstone.kernels.KernelSettings;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.quantize.CalibrationSet;
import touchstone.quantize.ModelQuantiser;
import touchstone.quantize.QuantisationPlan;
import touchstone.quantize.QuantisationPlan.Method;

/** A quantised model made of one that is not. */
@Command(
    name = "quantize",
    customSynopsis = "touchstone quantize --model DIR --dataset FILE --out DIR [OPTIONS]",
    description = "Quantise a model with GPTQ, in the layout of AutoGPTQ 0.4.2.")
final class QuantizeCommand implements Runnable {
  /** Share of Java's memory that calibration data may fill before it goes to a file. */
  private static final int STATES_SHARE = 4;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "DIR",
      description = "The model to quantise: F16, BF16 or F32.")
  Path model;

  @Option(
      names = "--strict",
      description = "Refuse what is otherwise only warned about, such as tensors of no use.")
  boolean strict;

  @Mixin OutOption target;

  @Option(
      names = "--revision-name",
      description =
          "Write to a directory below DIR, called as a branch: gptq-4bit-128g-actorder_True.")
  boolean revisionName;

  @Option(
      names = "--all-six",
      description = "4 and 3 bits, with no groups, groups of 128 and of 32: each below DIR.")
  boolean allSix;

  @ArgGroup(validate = false, heading = QuantizeOptions.HEADING)
  QuantizeOptions options = new QuantizeOptions();

  @ArgGroup(validate = false, heading = CalibrationOptions.HEADING)
  CalibrationOptions calibration = new CalibrationOptions();

  @Mixin SetOptions kernels;

  private final Terminal terminal;

  QuantizeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    QuantisationPlan plan = options.plan();
    target.required();
    if (allSix) {
      options.requireNoPermutation();
    }
    KernelSettings settings = new KernelSettings(Numerics.F32, kernels.team(), 0);
    try (CheckpointDirectory source = CheckpointDirectory.open(directory(), strict)) {
      ModelQuantiser.requireDense(source);
      source.warnings().forEach(warning -> terminal.note("warning: " + warning));
      if (!allSix) {
        OutputDirectory.requireFree(directory(plan));
      }
      Optional<CalibrationSet> set = set(plan, source);
      try (Kernels open = KernelSets.open(kernels.kernels, settings)) {
        quantise(plan, source, new ModelQuantiser(source, set, open, limit()));
      }
    }
  }

  /** The model in the repository is quantised, so there is no default. */
  private Path directory() {
    if (model == null) {
      throw TouchstoneException.of(
          Fault.USAGE, "--model", "not given", "give a model that is not quantised");
    }
    return ModelOptions.require("--model", model);
  }

  private static long limit() {
    return Runtime.getRuntime().maxMemory() / STATES_SHARE;
  }

  private Optional<CalibrationSet> set(QuantisationPlan plan, CheckpointDirectory source) {
    return plan.method() == Method.RTN
        ? Optional.empty()
        : Optional.of(calibration.read(source.directory(), source.config(), terminal));
  }

  private Path directory(QuantisationPlan plan) {
    return revisionName || allSix
        ? target.required().resolve(plan.revisionName())
        : target.required();
  }

  private void quantise(
      QuantisationPlan plan, CheckpointDirectory source, ModelQuantiser quantiser) {
    Map<String, byte[]> further = TokenizerFiles.besides(source.directory());
    List<QuantisationPlan> plans = allSix ? QuantisationPlan.six(plan) : List.of(plan);
    if (revisionName || allSix) {
      makeFolder();
    }
    for (QuantisationPlan each : plans) {
      Path directory = directory(each);
      if (allSix && quantiser.isDone(each, directory)) {
        terminal.note(directory + ": there already");
      } else {
        QuantizeProgress progress = new QuantizeProgress(terminal, source.config().layers());
        QuantizeSummary.print(
            directory, each, quantiser.run(each, directory, further, progress), terminal);
      }
    }
  }

  private void makeFolder() {
    Path out = target.required();
    try {
      Files.createDirectories(out);
    } catch (IOException e) {
      throw TouchstoneException.because(
          Fault.OUTPUT, out, "cannot be created", "it must be a folder, or become one", e);
    }
  }
}
