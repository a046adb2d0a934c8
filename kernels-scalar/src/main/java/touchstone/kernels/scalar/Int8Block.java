package touchstone.kernels.scalar;

import touchstone.gptq.SummationOrder;
import touchstone.tensor.Activations;

/**
 * Activations rounded to 8-bit integers, block by block.
 *
 * <pre>
 * m = max |x[k]|        step = m / 127        q[k] = round(x[k] * (127 / m)), ties to even
 * </pre>
 *
 * A block whose m is below {@value #SMALLEST} counts as zero: far below it the reciprocal
 * would overflow.
 *
 * @shapes x [tokens, inputs] to q [tokens, inputs] in summation order, step and sum [tokens, blocks]
 * @numerics fp32; NaN or infinity in a block makes its step NaN or infinite, so the result shows it
 * @rules INT8-1
 */
record Int8Block(byte[] codes, float[] steps, int[] sums) {
  /** A block whose largest magnitude is below this is treated as zero. */
  static final float SMALLEST = 0x1p-100f;

  /** Rounds all rows of x. */
  static Int8Block of(Activations x, SummationOrder order) {
    Int8Block rounded =
        new Int8Block(
            new byte[x.rows() * x.columns()],
            new float[x.rows() * order.blocks()],
            new int[x.rows() * order.blocks()]);
    for (int row = 0; row < x.rows(); row++) {
      for (int block = 0; block < order.blocks(); block++) {
        rounded.round(x, row, order, block);
      }
    }
    return rounded;
  }

  private void round(Activations x, int row, SummationOrder order, int block) {
    float max = 0;
    for (int place = order.start(block); place < order.start(block + 1); place++) {
      max = Math.max(max, Math.abs(x.values()[x.start(row) + order.input(place)]));
    }
    if (max < SMALLEST) {
      return;
    }
    float inverse = 127 / max;
    int sum = 0;
    for (int place = order.start(block); place < order.start(block + 1); place++) {
      int code = (int) Math.rint(x.values()[x.start(row) + order.input(place)] * inverse);
      codes[row * x.columns() + place] = (byte) code;
      sum += code;
    }
    steps[row * order.blocks() + block] = max / 127;
    sums[row * order.blocks() + block] = sum;
  }
}
