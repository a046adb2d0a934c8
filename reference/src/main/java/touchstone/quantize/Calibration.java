package touchstone.quantize;

import java.util.EnumMap;
import java.util.Map;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.kernels.Kernels;
import touchstone.llama.Checkpoint;
import touchstone.llama.LayerPass;
import touchstone.llama.LinearModule;
import touchstone.tensor.Activations;
import touchstone.tensor.DenseMatrix;

/** Calibration data on its way through the layers of a model. */
final class Calibration implements AutoCloseable {
  private final Kernels kernels;
  private final CalibrationStates states;
  private final int samples;
  private final int seqLen;
  private final LayerPass pass;
  private final FirstHessian first;

  /**
   * Embeds the samples.
   *
   * @param first shared by all runs that see these samples of this model
   */
  Calibration(
      CalibrationSet set,
      Checkpoint source,
      Kernels kernels,
      CalibrationStates states,
      FirstHessian first) {
    this.kernels = kernels;
    this.states = states;
    this.first = first;
    this.samples = set.samples();
    this.seqLen = set.seqLen();
    this.pass = new LayerPass(source.config(), kernels, set.seqLen());
    DenseMatrix embedding = // [vocab, dim]
        new DenseMatrix(HalfPrecision.of(source.embedding().tensor()));
    for (int sample = 0; sample < samples; sample++) {
      Activations x = states.room(sample); // [seqLen, dim]
      int[] window = set.windows().get(sample);
      for (int row = 0; row < window.length; row++) {
        embedding.copyRow(window[row], x.values(), x.start(row));
      }
      states.put(sample, x);
    }
  }

  /** Number of sequences. */
  int samples() {
    return samples;
  }

  /** Tokens of each. */
  int seqLen() {
    return seqLen;
  }

  /** The Hessian of what one group of modules sees, after the steps that have been taken. */
  Hessian hessian(int layer, ModuleGroup group, LayerInProgress weights, Effort effort) {
    return layer == 0 && group == ModuleGroup.KEY_VALUE_QUERY
        ? first.get(() -> sum(layer, group, weights, effort))
        : sum(layer, group, weights, effort);
  }

  private Hessian sum(int layer, ModuleGroup group, LayerInProgress weights, Effort effort) {
    pass.use(weights, layer);
    Hessian hessian = empty(layer, group, weights);
    for (int sample = 0; sample < samples; sample++) {
      hessian.add(pass.inputs(group.input(), states.get(sample)));
      effort.seen(layer, group);
    }
    return hessian;
  }

  /** The Hessians of all groups in a layer as it is; the data stays where it is. */
  Map<ModuleGroup, Hessian> hessians(int layer, LayerInProgress weights, Effort effort) {
    pass.use(weights, layer);
    Map<ModuleGroup, Hessian> hessians = new EnumMap<>(ModuleGroup.class);
    for (ModuleGroup group : ModuleGroup.values()) {
      hessians.put(group, empty(layer, group, weights));
    }
    for (int sample = 0; sample < samples; sample++) {
      Activations kept = states.get(sample);
      Activations x = new Activations(kept.toArray(), 0, kept.rows(), kept.columns());
      for (ModuleGroup group : ModuleGroup.values()) {
        if (group == ModuleGroup.UP_GATE) {
          attend(layer, sample, x);
          effort.attended(layer);
        }
        hessians.get(group).add(pass.inputs(group.input(), x));
        effort.seen(layer, group);
      }
    }
    return hessians;
  }

  private Hessian empty(int layer, ModuleGroup group, LayerInProgress weights) {
    LinearModule first = group.modules(weights.config(), layer).getFirst();
    return new Hessian(first.name(), first.inputs(), kernels);
  }

  /** Takes the step of the attention. */
  void attend(int layer, LayerInProgress weights, Effort effort) {
    pass.use(weights, layer);
    for (int sample = 0; sample < samples; sample++) {
      Activations x = states.get(sample); // [seqLen, dim]
      attend(layer, sample, x);
      states.put(sample, x);
      effort.attended(layer);
    }
  }

  private void attend(int layer, int sample, Activations x) {
    pass.attend(x);
    requireNormal(layer, "self_attn.o_proj", sample, x);
  }

  /**
   * Refuses what the next norm cannot divide by: a token whose squares overflow becomes zeros there, and
   * an input that is 0 in every token has its weights silenced without a word.
   */
  private static void requireNormal(int layer, String module, int sample, Activations x) {
    for (int token = 0; token < x.rows(); token++) {
      double squares = 0;
      for (int i = x.start(token); i < x.start(token) + x.columns(); i++) {
        squares += (double) x.values()[i] * x.values()[i];
      }
      if (!(squares <= Float.MAX_VALUE)) {
        throw TouchstoneException.of(
            Fault.FORMAT,
            LinearModule.layer(layer) + module,
            "outputs after which the squares of sample %d, token %d sum up to %.1e"
                .formatted(sample, token, squares),
            "calibration needs them within fp32; the weights of this layer may be damaged");
      }
    }
  }

  /** Takes the step of the feed-forward network. */
  void feedForward(int layer, LayerInProgress weights, Effort effort) {
    pass.use(weights, layer);
    for (int sample = 0; sample < samples; sample++) {
      Activations x = states.get(sample); // [seqLen, dim]
      pass.feedForward(x);
      requireNormal(layer, "mlp.down_proj", sample, x);
      states.put(sample, x);
      effort.fed(layer);
    }
  }

  @Override
  public void close() {
    states.close();
  }
}
