package touchstone.conformance.own;

import touchstone.gptq.PackedCodes;
import touchstone.kernels.Kernels;
import touchstone.llama.Checkpoint;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.WeightMatrix;
import touchstone.tokenizer.Tokenizer;

/**
 * Two deviations at once. Where both replace the same thing and cannot build on each other, the first
 * stays.
 */
public record Composed(Seams first, Seams second) implements Seams {
  @Override
  public LlamaConfig config(LlamaConfig config) {
    return second.config(first.config(config));
  }

  @Override
  public Checkpoint checkpoint(Checkpoint checkpoint) {
    return second.checkpoint(first.checkpoint(checkpoint));
  }

  @Override
  public WeightMatrix weight(QuantisedModule module) {
    WeightMatrix found = first.weight(module);
    return found == module.matrix() ? second.weight(module) : found;
  }

  @Override
  public int code(PackedCodes.Words words, int bits, int index) {
    int found = first.code(words, bits, index);
    return found == PackedCodes.code(words, bits, index) ? second.code(words, bits, index) : found;
  }

  @Override
  public Kernels kernels(Kernels kernels, LlamaConfig config) {
    return second.kernels(first.kernels(kernels, config), config);
  }

  @Override
  public Passes passes(Passes passes) {
    return second.passes(first.passes(passes));
  }

  @Override
  public Continuation continuation(Continuation continuation) {
    return second.continuation(first.continuation(continuation));
  }

  @Override
  public Text text(Text text, Tokenizer tokenizer) {
    return second.text(first.text(text, tokenizer), tokenizer);
  }

  @Override
  public Template template(Template template) {
    return second.template(first.template(template));
  }

  @Override
  public Warping warping(Warping warping) {
    return second.warping(first.warping(warping));
  }

  @Override
  public Quantiser quantiser(Quantiser quantiser) {
    return second.quantiser(first.quantiser(quantiser));
  }
}
