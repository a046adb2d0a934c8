package touchstone.conformance.mutant;

import touchstone.llama.LlamaConfig;
import touchstone.llama.RopeScaling;

/** Configurations with one field misread. */
final class Configs {
  private Configs() {}

  static LlamaConfig withEpsilon(LlamaConfig config, float epsilon) {
    return with(config, epsilon, config.ropeTheta(), config.ropeScaling());
  }

  static LlamaConfig withTheta(LlamaConfig config, double theta) {
    return with(config, config.epsilon(), theta, config.ropeScaling());
  }

  static LlamaConfig withScaling(LlamaConfig config, RopeScaling scaling) {
    return with(config, config.epsilon(), config.ropeTheta(), scaling);
  }

  private static LlamaConfig with(
      LlamaConfig config, float epsilon, double theta, RopeScaling scaling) {
    return new LlamaConfig(
        config.vocab(),
        config.dim(),
        config.hiddenDim(),
        config.layers(),
        config.heads(),
        config.kvHeads(),
        config.headDim(),
        config.maxPositions(),
        epsilon,
        theta,
        scaling,
        config.tiedEmbeddings(),
        config.attentionBias(),
        config.mlpBias(),
        config.bosId(),
        config.eosIds());
  }
}
