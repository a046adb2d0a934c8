package touchstone.quantize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import touchstone.gptq.GptqConfig;
import touchstone.kernels.Kernels;
import touchstone.llama.LinearModule;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.Tensor;

/**
 * Quantises the modules of one decoder layer.
 *
 * <pre>
 * true-sequential:  for each group of modules: H = 2/n * sum of x xT over what the group sees in a layer
 *                   whose earlier groups are quantised; quantise the group
 * otherwise:        H of all groups in the unquantised layer; quantise them
 * then:             the calibration data goes through the quantised layer
 * </pre>
 *
 * The residual stream takes its two steps as soon as the modules of a step are quantised, so nothing is
 * computed again from the layer's beginning.
 *
 * @source AutoGPTQ v0.4.2 modeling/_base.py, quantize
 * @numerics the layer runs in fp32 on F16 weights and, once they are quantised, on the weights as they
 *     are stored, which no F16 rounds
 * @deviation AutoGPTQ runs the layer in F16 and on {@link QuantisedLayer#simulated}; it runs the whole
 *     layer for every group
 * @rules CALIB-2
 */
final class LayerQuantiser {
  private final QuantisationPlan plan;
  private final GptqConfig config;
  private final Kernels kernels;
  private final Optional<Calibration> calibration;
  private final Effort effort;
  private final List<ModuleReport> reports = new ArrayList<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private final int layer;
  private final LayerInProgress weights;

  /** What came of a layer. */
  record Result(List<Tensor> tensors, List<ModuleReport> reports) {}

  /**
   * Prepares.
   *
   * @param calibration what the layer sees; empty for round-to-nearest
   */
  LayerQuantiser(
      QuantisationPlan plan,
      Kernels kernels,
      int layer,
      LayerInProgress weights,
      Optional<Calibration> calibration,
      Effort effort) {
    this.plan = plan;
    this.config = plan.config();
    this.kernels = kernels;
    this.layer = layer;
    this.weights = weights;
    this.calibration = calibration;
    this.effort = effort;
  }

  /** Quantises all modules; the calibration data is then what the next layer sees. */
  Result run() {
    calibration.ifPresentOrElse(
        data -> {
          if (plan.trueSequential()) {
            groupByGroup(data);
          } else {
            allTogether(data);
          }
        },
        () -> List.of(ModuleGroup.values()).forEach(group -> quantise(group, Optional.empty())));
    return new Result(tensors, reports);
  }

  private void groupByGroup(Calibration data) {
    for (ModuleGroup group : ModuleGroup.values()) {
      quantise(group, Optional.of(data.hessian(layer, group, weights, effort)));
      if (group == ModuleGroup.OUTPUT) {
        data.attend(layer, weights, effort);
      }
    }
    if (!isLast()) {
      data.feedForward(layer, weights, effort);
    }
  }

  private void allTogether(Calibration data) {
    Map<ModuleGroup, Hessian> hessians = data.hessians(layer, weights, effort);
    hessians.forEach((group, hessian) -> quantise(group, Optional.of(hessian)));
    if (!isLast()) {
      data.attend(layer, weights, effort);
      data.feedForward(layer, weights, effort);
    }
  }

  /** Nobody sees what the last layer makes of the data. */
  private boolean isLast() {
    return layer == weights.config().layers() - 1;
  }

  private void quantise(ModuleGroup group, Optional<Hessian> hessian) {
    for (LinearModule module : group.modules(weights.config(), layer)) {
      quantise(module, hessian);
    }
  }

  private void quantise(LinearModule module, Optional<Hessian> hessian) {
    long start = System.nanoTime();
    DenseMatrix weight = weights.dense(module);
    QuantisedLayer quantised =
        switch (plan.method()) {
          case GPTQ -> GptqSolver.solve(weight, hessian.orElseThrow(), plan.settings(), kernels);
          case RTN -> RoundToNearest.quantise(weight, plan.settings());
        };
    PackedLayer packed = quantised.pack(module.name());
    tensors.addAll(packed.tensors());
    tensors.add(bias(module));
    weights.replace(module.name(), packed.matrix(module.name(), config));
    ModuleReport report = report(module, weight, quantised, hessian, start);
    reports.add(report);
    effort.quantised(module, report);
  }

  /** The bias that AutoGPTQ gives to every module: the source's, or zeros. */
  private Tensor bias(LinearModule module) {
    float[] bias = weights.bias(module.name()).orElseGet(() -> new float[module.outputs()]);
    return HalfPrecision.tensor(module.name() + ".bias", bias);
  }

  private ModuleReport report(
      LinearModule module,
      DenseMatrix weight,
      QuantisedLayer quantised,
      Optional<Hessian> hessian,
      long start) {
    return new ModuleReport(
        layer,
        module.name().substring(LinearModule.layer(layer).length()),
        hessian.isPresent() ? OptionalDouble.of(quantised.loss()) : OptionalDouble.empty(),
        error(weight, quantised, hessian),
        hessian.isPresent()
            ? error(weight, RoundToNearest.quantise(weight, plan.settings()), hessian)
            : OptionalDouble.empty(),
        plan.settings().damp(),
        (System.nanoTime() - start) / 1e9);
  }

  private OptionalDouble error(
      DenseMatrix weight, QuantisedLayer quantised, Optional<Hessian> hessian) {
    return hessian
        .map(h -> OptionalDouble.of(quantised.error(weight, h, kernels)))
        .orElse(OptionalDouble.empty());
  }
}
