package touchstone.kernels.simd;

import touchstone.gptq.SummationOrder;
import touchstone.tensor.Activations;

/**
 * Activations as a product with a quantised matrix takes them: in the order of summation, with a
 * factor and a sum for every block. The activation at a place is {@code step of its block * value}.
 *
 * @param values [tokens, inputs] from {@code offset} on
 * @param steps [tokens, blocks]
 * @param sums of the values [tokens, blocks]
 */
record BlockedInput(float[] values, int offset, float[] steps, float[] sums) {

  /** The rows of x with their elements in the order of summation; x itself where that is the order. */
  static Activations inOrder(Activations x, SummationOrder order, boolean sequential) {
    if (sequential) {
      return x;
    }
    Activations ordered = Activations.zeros(x.rows(), x.columns());
    for (int row = 0; row < x.rows(); row++) {
      for (int place = 0; place < x.columns(); place++) {
        ordered.values()[ordered.start(row) + place] =
            x.values()[x.start(row) + order.input(place)];
      }
    }
    return ordered;
  }
}
