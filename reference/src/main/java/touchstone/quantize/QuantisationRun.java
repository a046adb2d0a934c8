package touchstone.quantize;

import java.util.Optional;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.checkpoint.Safetensors;
import touchstone.gptq.GptqConfig;
import touchstone.kernels.Kernels;
import touchstone.llama.LinearModule;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.Tensor;

/**
 * The layers of one quantisation, one after another: those that are finished let the calibration data
 * through, the others are quantised and kept.
 */
final class QuantisationRun {
  private final CheckpointDirectory source;
  private final QuantisationPlan plan;
  private final Kernels kernels;
  private final WorkFolder work;
  private final Optional<Calibration> calibration;

  QuantisationRun(
      CheckpointDirectory source,
      QuantisationPlan plan,
      Kernels kernels,
      WorkFolder work,
      Optional<Calibration> calibration) {
    this.source = source;
    this.plan = plan;
    this.kernels = kernels;
    this.work = work;
    this.calibration = calibration;
  }

  /** Finishes all layers. */
  void layers(QuantisationListener listener) {
    LlamaConfig config = source.config();
    int finished = work.layers();
    Effort effort = new Effort(config, calibration.map(Calibration::seqLen).orElse(0), listener);
    effort.expect(plan, finished, calibration.map(Calibration::samples).orElse(0));
    calibration.ifPresent(
        data -> {
          for (int layer = 0; layer < finished; layer++) {
            pass(layer, data, effort);
          }
        });
    for (int layer = finished; layer < config.layers(); layer++) {
      LayerInProgress weights = new LayerInProgress(source, layer);
      LayerQuantiser.Result result =
          new LayerQuantiser(plan, kernels, layer, weights, calibration, effort).run();
      source.verifyUnchanged();
      work.save(layer, result.tensors(), result.reports());
    }
  }

  /** Lets the data through a layer that is finished. */
  private void pass(int layer, Calibration data, Effort effort) {
    LayerInProgress weights = new LayerInProgress(source, layer);
    GptqConfig config = plan.config();
    try (Safetensors stored = work.open(layer)) {
      for (LinearModule module : LinearModule.ofLayer(source.config(), layer)) {
        weights.replace(module.name(), packed(stored, module.name()).matrix(module.name(), config));
      }
      data.attend(layer, weights, effort);
      data.feedForward(layer, weights, effort);
    }
  }

  private static PackedLayer packed(Safetensors stored, String module) {
    return new PackedLayer(
        tensor(stored, module + ".qweight"),
        tensor(stored, module + ".qzeros"),
        tensor(stored, module + ".scales"),
        tensor(stored, module + ".g_idx"));
  }

  private static Tensor tensor(Safetensors stored, String name) {
    return Optional.ofNullable(stored.tensors().get(name))
        .orElseThrow(() -> WorkFolder.damaged(stored.file(), "no tensor '" + name + "'"));
  }
}
