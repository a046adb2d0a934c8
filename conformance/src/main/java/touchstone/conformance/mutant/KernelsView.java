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
public abstract class KernelsView implements Kernels {
  private final Kernels right;

  /**
   * On a set that computes.
   *
   * @param right closed with this
   */
  protected KernelsView(Kernels right) {
    this.right = right;
  }

  @Override
  public String name() {
    return right.name();
  }

  @Override
  public Numerics numerics() {
    return right.numerics();
  }

  @Override
  public int threads() {
    return right.threads();
  }

  @Override
  public Linear linear(WeightMatrix weight, Optional<float[]> bias) {
    return right.linear(weight, bias);
  }

  @Override
  public void rmsNorm(Activations x, float[] gain, float epsilon, Activations y) {
    right.rmsNorm(x, gain, epsilon, y);
  }

  @Override
  public void rope(Activations x, RopeTable table) {
    right.rope(x, table);
  }

  @Override
  public void attentionScores(
      Activations q, int row, int head, KeyValues cache, int count, float[] scores) {
    right.attentionScores(q, row, head, cache, count, scores);
  }

  @Override
  public void softmax(float[] scores, int count) {
    right.softmax(scores, count);
  }

  @Override
  public void attentionMix(
      float[] probabilities, int count, KeyValues cache, Activations y, int row, int head) {
    right.attentionMix(probabilities, count, cache, y, row, head);
  }

  @Override
  public void swiGlu(Activations gate, Activations up, Activations y) {
    right.swiGlu(gate, up, y);
  }

  @Override
  public void add(Activations x, Activations delta) {
    right.add(x, delta);
  }

  @Override
  public void close() {
    right.close();
  }
}
