package touchstone.quantize;

import java.util.Arrays;
import java.util.stream.Stream;
import touchstone.llama.LinearModule;
import touchstone.llama.LlamaConfig;

/**
 * How much of the work is done, counted in multiply-additions, so that whoever waits can be told how
 * long.
 */
final class Effort {
  private final LlamaConfig config;
  private final int seqLen;
  private final QuantisationListener listener;
  private double total;
  private double done;

  /**
   * Begins to count.
   *
   * @param seqLen tokens of a calibration sample; 0 without such data
   */
  Effort(LlamaConfig config, int seqLen, QuantisationListener listener) {
    this.config = config;
    this.seqLen = seqLen;
    this.listener = listener;
  }

  /** Announces that layers are to be quantised, and that others have been and only pass data on. */
  void expect(QuantisationPlan plan, int finished, int samples) {
    int quantised = config.layers() - finished;
    double hessians = Arrays.stream(ModuleGroup.values()).mapToDouble(this::hessian).sum();
    double perSample = quantised * hessians + (config.layers() - 1) * (attend() + feedForward());
    perSample += plan.trueSequential() ? attend() : quantised * attend();
    total += samples * perSample;
    total += quantised * LinearModule.ofLayer(config, 0).stream().mapToDouble(this::solve).sum();
  }

  /** A sample took the step of the attention. */
  void attended(int layer) {
    add(layer, "attention", attend());
  }

  /** A sample took the step of the feed-forward network. */
  void fed(int layer) {
    add(layer, "feed-forward", feedForward());
  }

  /** A sample was added to a Hessian. */
  void seen(int layer, ModuleGroup group) {
    add(layer, "inputs of " + group.label(), hessian(group));
  }

  /** A module is quantised. */
  void quantised(LinearModule module, ModuleReport report) {
    listener.quantised(report);
    add(report.layer(), report.module(), solve(module));
  }

  private void add(int layer, String what, double amount) {
    done += amount;
    listener.progress(layer, what, Math.min(1, done / total));
  }

  private double attend() {
    return modules(ModuleGroup.KEY_VALUE_QUERY, ModuleGroup.OUTPUT) + mix();
  }

  private double feedForward() {
    return modules(ModuleGroup.UP_GATE, ModuleGroup.DOWN);
  }

  /** Scores and mixed values of a causal sequence. */
  private double mix() {
    return (double) seqLen * seqLen * config.queryDim();
  }

  private double hessian(ModuleGroup group) {
    double inputs = group.modules(config, 0).getFirst().inputs();
    double sums = seqLen * inputs * inputs;
    return switch (group) {
      case KEY_VALUE_QUERY, UP_GATE -> sums;
      case OUTPUT -> sums + modules(ModuleGroup.KEY_VALUE_QUERY) + mix();
      case DOWN -> sums + modules(ModuleGroup.UP_GATE);
    };
  }

  private double modules(ModuleGroup... groups) {
    Stream<LinearModule> modules =
        Arrays.stream(groups).flatMap(group -> group.modules(config, 0).stream());
    return seqLen * modules.mapToDouble(m -> (double) m.inputs() * m.outputs()).sum();
  }

  /** Inverting a Hessian and passing errors on; without calibration data a weight is an effort. */
  private double solve(LinearModule module) {
    double inputs = module.inputs();
    double outputs = module.outputs();
    return seqLen == 0 ? inputs * outputs : inputs * inputs * (inputs + outputs);
  }
}
