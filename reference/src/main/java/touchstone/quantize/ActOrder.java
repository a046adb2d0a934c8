package touchstone.quantize;

import java.util.Arrays;

/**
 * The order in which inputs are quantised: those with the largest activations first, while many
 * others are left that can make up for their errors.
 *
 * @source AutoGPTQ v0.4.2 gptq.py, desc_act
 * @deviation equal activations keep their natural order, as in GPTQModel since issue 1973; AutoGPTQ
 *     leaves their order to its library
 * @rules QUANT-4
 */
final class ActOrder {
  private ActOrder() {}

  /** Natural order. */
  static int[] none(int inputs) {
    int[] order = new int[inputs];
    Arrays.setAll(order, input -> input);
    return order;
  }

  /** Inputs by falling diagonal of the Hessian, which is finite and not negative. */
  static int[] falling(float[] diagonal) {
    long[] keys = new long[diagonal.length]; // what falls in front, the input behind
    Arrays.setAll(
        keys, input -> (long) ~Float.floatToRawIntBits(diagonal[input]) << Integer.SIZE | input);
    Arrays.sort(keys);
    int[] order = new int[keys.length];
    Arrays.setAll(order, place -> (int) keys[place]);
    return order;
  }
}
