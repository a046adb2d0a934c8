package touchstone.conformance.own;

import touchstone.gptq.GptqMatrix;
import touchstone.kernels.Kernels;
import touchstone.llama.Checkpoint;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.WeightMatrix;

/**
 * Where a runtime may depart from the definition. Every seam hands on what it is given; a deviation
 * replaces what it gets wrong and nothing else.
 */
public interface Seams {
  /** Departs nowhere. */
  Seams NONE = new Seams() {};

  /** What was read of a model: configuration, weights, biases, norms. */
  default Checkpoint checkpoint(Checkpoint checkpoint) {
    return checkpoint;
  }

  /** What the packed words of a quantised matrix mean. */
  default WeightMatrix weight(GptqMatrix matrix) {
    return matrix;
  }

  /** How operations are computed. */
  default Kernels kernels(Kernels kernels, LlamaConfig config) {
    return kernels;
  }

  /** Text to ids and back. */
  default Text text(Text text) {
    return text;
  }

  /** Logits to probabilities. */
  default Warping warping(Warping warping) {
    return warping;
  }
}
