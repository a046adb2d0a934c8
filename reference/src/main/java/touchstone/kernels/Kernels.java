package touchstone.kernels;

import java.util.Optional;
import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;
import touchstone.tensor.RopeTable;
import touchstone.tensor.WeightMatrix;

/**
 * The operations of the forward pass. {@code kernels-scalar} defines each of them to the bit, and
 * every other set must equal it: the order of additions is part of the definition (docs/spec).
 *
 * <ul>
 *   <li>Where a result is a sum over inputs that neighbouring outputs share (GPTQ matrices, the mix
 *       of values), each output has one accumulator and takes its inputs in ascending order.
 *   <li>Where it is a reduction of one vector (dot products along a row, sums of squares, softmax
 *       sums), the terms go to {@value #STRIPES} stripes, term i to stripe i mod 16, and the
 *       stripes are added as a fixed tree: 8 apart, 4 apart, 2 apart, 1 apart.
 *   <li>Threads share out results, never the terms of one.
 * </ul>
 *
 * An operation refuses arguments that {@link Shapes} refuses, before it writes anything.
 *
 * @rules NUM-1
 */
public interface Kernels extends AutoCloseable {
  /** Number of stripes of a reduction. */
  int STRIPES = 16;

  /** The name that selects this set: {@code scalar}, {@code simd}. */
  String name();

  /** The numeric mode it was opened in. */
  Numerics numerics();

  /** Number of threads that compute. */
  int threads();

  /**
   * Takes a weight into use; the set may repack it.
   *
   * @param bias added to the finished sum, one per row of the weight; empty for none
   */
  Linear linear(WeightMatrix weight, Optional<float[]> bias);

  /**
   * Root-mean-square normalisation of every row: {@code y[i] = gain[i] * (x[i] * r)}, {@code r = 1 /
   * sqrt(mean(x^2) + epsilon)}.
   *
   * @param y as x; may be x itself
   */
  void rmsNorm(Activations x, float[] gain, float epsilon, Activations y);

  /**
   * Rotates every head of every row in place; the pair of element i is element i + headDim / 2.
   *
   * @param x [tokens, heads * headDim]
   * @param table one row per token
   */
  void rope(Activations x, RopeTable table);

  /**
   * The scores of one query head: {@code scores[p] = (q . k[p]) / sqrt(headDim)}.
   *
   * @param q [tokens, heads * headDim], rotated; the head shares the keys of kvHead {@code head /
   *     (heads / kvHeads)}
   * @param count number of positions, from 0 on
   * @param scores receives {@code count} values
   */
  void attentionScores(
      Activations q, int row, int head, KeyValues cache, int count, float[] scores);

  /** Turns {@code count} scores into probabilities in place: {@code exp(x - max) / sum}. */
  void softmax(float[] scores, int count);

  /**
   * The mix of values of one query head: {@code y = sum over p of probabilities[p] * v[p]}.
   *
   * @param y [tokens, heads * headDim]; the head's part of the row is overwritten
   */
  void attentionMix(
      float[] probabilities, int count, KeyValues cache, Activations y, int row, int head);

  /**
   * Causal attention of consecutive tokens over a cache that already holds their keys and values:
   * row r sees positions 0 to position + r.
   *
   * @param q [tokens, heads * headDim]
   * @param position position of the first row
   * @param y as q
   */
  default void attend(Activations q, int position, KeyValues cache, Activations y) {
    Shapes.attend(q, position, cache, y);
    int heads = q.columns() / cache.headDim();
    for (int row = 0; row < q.rows(); row++) {
      for (int head = 0; head < heads; head++) {
        attendHead(q, row, head, position, cache, y);
      }
    }
  }

  /** One head of one row of {@link #attend}: scores, softmax, mix. */
  default void attendHead(
      Activations q, int row, int head, int position, KeyValues cache, Activations y) {
    int count = position + row + 1;
    float[] scores = new float[count]; // [positions]
    attentionScores(q, row, head, cache, count, scores);
    softmax(scores, count);
    attentionMix(scores, count, cache, y, row, head);
  }

  /** {@code y = silu(gate) * up}, {@code silu(g) = g / (1 + exp(-g))}; y may be gate or up. */
  void swiGlu(Activations gate, Activations up, Activations y);

  /** The residual connection: {@code x = x + delta}. */
  void add(Activations x, Activations delta);

  /** Ends the set's threads. */
  @Override
  void close();
}
