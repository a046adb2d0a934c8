package touchstone.conformance.own;

import touchstone.gptq.PackedCodes;
import touchstone.kernels.Kernels;
import touchstone.llama.Checkpoint;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.WeightMatrix;
import touchstone.tokenizer.Tokenizer;

/**
 * Where a runtime may depart from the definition. Every seam hands on what it is given; a deviation
 * replaces what it gets wrong and nothing else.
 */
public interface Seams {
  /** Departs nowhere. */
  Seams NONE = new Seams() {};

  /** What was read of a model's configuration. */
  default LlamaConfig config(LlamaConfig config) {
    return config;
  }

  /** What was read of a model: weights, biases, norms. */
  default Checkpoint checkpoint(Checkpoint checkpoint) {
    return checkpoint;
  }

  /** What the tensors of a quantised matrix mean. */
  default WeightMatrix weight(QuantisedModule module) {
    return module.matrix();
  }

  /** Code {@code index} of a stream of packed words. */
  default int code(PackedCodes.Words words, int bits, int index) {
    return PackedCodes.code(words, bits, index);
  }

  /**
   * How operations are computed in a model.
   *
   * @param config of the model, as it was read
   */
  default Kernels kernels(Kernels kernels, LlamaConfig config) {
    return kernels;
  }

  /**
   * How an operation is computed that is asked for by itself: as in a model, unless the deviation is
   * in how a model uses it.
   *
   * @param config what the arguments tell; the other dimensions are as small as they can be
   */
  default Kernels operation(Kernels kernels, LlamaConfig config) {
    return kernels(kernels, config);
  }

  /** In which passes sequences go through a model. */
  default Passes passes(Passes passes) {
    return passes;
  }

  /** How a prompt is continued, and when that ends. */
  default Continuation continuation(Continuation continuation) {
    return continuation;
  }

  /** Text to ids and back, with a model's tokenizer. */
  default Text text(Text text, Tokenizer tokenizer) {
    return text;
  }

  /** A conversation to a prompt. */
  default Template template(Template template) {
    return template;
  }

  /** Logits to probabilities. */
  default Warping warping(Warping warping) {
    return warping;
  }

  /** A layer and what it sees to codes. */
  default Quantiser quantiser(Quantiser quantiser) {
    return quantiser;
  }
}
