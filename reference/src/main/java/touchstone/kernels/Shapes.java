package touchstone.kernels;

import java.util.Objects;
import java.util.Optional;
import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;
import touchstone.tensor.RopeTable;
import touchstone.tensor.WeightMatrix;

/**
 * What the operations of {@link Kernels} ask of their arguments. Every kernel set calls the check of
 * an operation before it writes anything, so a wrong shape is a message and never a wrong number.
 * Each method is named after its operation; it throws {@link IllegalArgumentException} for a shape
 * and {@link IndexOutOfBoundsException} for a row, head or position that is not there.
 */
public final class Shapes {
  private Shapes() {}

  /** Of {@link Kernels#linear}. */
  public static void linear(WeightMatrix weight, Optional<float[]> bias) {
    bias.ifPresent(b -> requireLength("bias", b.length, weight.rows()));
  }

  /** Of {@link Linear#apply}. */
  public static void product(int outputs, int inputs, Activations x, Activations y) {
    x.requireShape("x", x.rows(), inputs);
    y.requireShape("y", x.rows(), outputs);
  }

  /** Of {@link Kernels#rmsNorm}. */
  public static void rmsNorm(Activations x, float[] gain, Activations y) {
    requireLength("gain", gain.length, x.columns());
    y.requireShape("y", x.rows(), x.columns());
  }

  /** Of {@link Kernels#rope}. */
  public static void rope(Activations x, RopeTable table) {
    requireLength("rope table", table.tokens(), x.rows());
    requireMultiple("columns of x", x.columns(), "headDim", 2L * table.halfDim());
  }

  /** Of {@link Kernels#attentionScores}. */
  public static void attentionScores(
      Activations q, int row, int head, KeyValues cache, int count, float[] scores) {
    requireHead("q", q, row, head, cache);
    Objects.checkFromIndexSize(0, count, cache.capacity());
    Objects.checkFromIndexSize(0, count, scores.length);
  }

  /** Of {@link Kernels#softmax}. */
  public static void softmax(float[] scores, int count) {
    Objects.checkFromIndexSize(0, count, scores.length);
  }

  /** Of {@link Kernels#attentionMix}. */
  public static void attentionMix(
      float[] probabilities, int count, KeyValues cache, Activations y, int row, int head) {
    requireHead("y", y, row, head, cache);
    Objects.checkFromIndexSize(0, count, cache.capacity());
    Objects.checkFromIndexSize(0, count, probabilities.length);
  }

  /** Of {@link Kernels#attend}. */
  public static void attend(Activations q, int position, KeyValues cache, Activations y) {
    requireHeads("q", q, cache);
    y.requireShape("y", q.rows(), q.columns());
    Objects.checkFromIndexSize(position, q.rows(), cache.capacity());
  }

  /** Of {@link Kernels#swiGlu}. */
  public static void swiGlu(Activations gate, Activations up, Activations y) {
    up.requireShape("up", gate.rows(), gate.columns());
    y.requireShape("y", gate.rows(), gate.columns());
  }

  /** Of {@link Kernels#add}. */
  public static void add(Activations x, Activations delta) {
    delta.requireShape("delta", x.rows(), x.columns());
  }

  private static void requireHead(String what, Activations x, int row, int head, KeyValues cache) {
    requireHeads(what, x, cache);
    Objects.checkIndex(row, x.rows());
    Objects.checkIndex(head, x.columns() / cache.headDim());
  }

  /** Whole heads, and as many for each kvHead. */
  private static void requireHeads(String what, Activations x, KeyValues cache) {
    long shared = (long) cache.kvHeads() * cache.headDim();
    requireMultiple("columns of " + what, x.columns(), "kvHeads * headDim", shared);
  }

  private static void requireMultiple(String what, int found, String of, long unit) {
    if (found % unit != 0) {
      throw new IllegalArgumentException(
          "%s: expected a multiple of %s = %d, got %d".formatted(what, of, unit, found));
    }
  }

  private static void requireLength(String what, int found, int expected) {
    if (found != expected) {
      throw new IllegalArgumentException(
          "%s: expected length %d, got %d".formatted(what, expected, found));
    }
  }
}
