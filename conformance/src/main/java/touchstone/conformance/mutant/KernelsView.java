package touchstone.conformance.mutant;

import java.util.Optional;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.kernels.Numerics;
import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;
import touchstone.tensor.RopeTable;
import touchstone.tensor.WeightMatrix;

/**
 * A kernel set that hands every operation on to a right one; a deviation overrides what it gets wrong.
 * Attention stays in its parts, so that an overridden part takes effect in it.
 */
interface KernelsView extends Kernels {
  /** The set that computes. */
  Kernels right();

  @Override
  default String name() {
    return right().name();
  }

  @Override
  default Numerics numerics() {
    return right().numerics();
  }

  @Override
  default int threads() {
    return right().threads();
  }

  @Override
  default Linear linear(WeightMatrix weight, Optional<float[]> bias) {
    return right().linear(weight, bias);
  }

  @Override
  default void rmsNorm(Activations x, float[] gain, float epsilon, Activations y) {
    right().rmsNorm(x, gain, epsilon, y);
  }

  @Override
  default void rope(Activations x, RopeTable table) {
    right().rope(x, table);
  }

  @Override
  default void attentionScores(
      Activations q, int row, int head, KeyValues cache, int count, float[] scores) {
    right().attentionScores(q, row, head, cache, count, scores);
  }

  @Override
  default void softmax(float[] scores, int count) {
    right().softmax(scores, count);
  }

  @Override
  default void attentionMix(
      float[] probabilities, int count, KeyValues cache, Activations y, int row, int head) {
    right().attentionMix(probabilities, count, cache, y, row, head);
  }

  @Override
  default void swiGlu(Activations gate, Activations up, Activations y) {
    right().swiGlu(gate, up, y);
  }

  @Override
  default void add(Activations x, Activations delta) {
    right().add(x, delta);
  }

  @Override
  default void close() {
    right().close();
  }
}
