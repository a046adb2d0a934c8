package touchstone.conformance.mutant;

import touchstone.llama.LlamaConfig;
import touchstone.llama.RopeScaling;

/** Configurations with one field misread. */
final class Configs {
  private Configs() {}

  static LlamaConfig withEpsilon(LlamaConfig config, float epsilon) {
    return with(config, epsilon, config.ropeTheta(), config.ropeScaling(), tied(config));
  }

  static LlamaConfig withTheta(LlamaConfig config, double theta) {
    return with(config, config.epsilon(), theta, config.ropeScaling(), tied(config));
  }

  static LlamaConfig withScaling(LlamaConfig config, RopeScaling scaling) {
    return with(config, config.epsilon(), config.ropeTheta(), scaling, tied(config));
  }

  /** With an output head of its own. */
  static LlamaConfig withHead(LlamaConfig config) {
    return with(config, config.epsilon(), config.ropeTheta(), config.ropeScaling(), false);
  }

  private static boolean tied(LlamaConfig config) {
    return config.tiedEmbeddings();
  }

  private static LlamaConfig with(
      LlamaConfig config, float epsilon, double theta, RopeScaling scaling, boolean tied) {
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
        tied,
        config.attentionBias(),
        config.mlpBias(),
        config.bosId(),
        config.eosIds());
  }
}
