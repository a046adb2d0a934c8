package touchstone.conformance.own;

import java.util.Optional;
import touchstone.gptq.GptqMatrix;
import touchstone.llama.Checkpoint;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.WeightMatrix;

/** A stored model as a runtime reads it, deviations in the reading included. */
record AsRead(OpenModel model, Seams seams, LlamaConfig config) implements Checkpoint {

  static AsRead of(OpenModel model, Seams seams) {
    return new AsRead(model, seams, seams.config(model.checkpoint().config()));
  }

  @Override
  public WeightMatrix matrix(String module) {
    WeightMatrix matrix = model.checkpoint().matrix(module);
    return switch (matrix) {
      case DenseMatrix dense -> dense;
      case GptqMatrix gptq -> seams.weight(model.module(gptq));
    };
  }

  @Override
  public Optional<float[]> bias(String module) {
    return model.checkpoint().bias(module);
  }

  @Override
  public DenseMatrix embedding() {
    return model.checkpoint().embedding();
  }

  @Override
  public float[] gain(String norm) {
    return model.checkpoint().gain(norm);
  }
}
