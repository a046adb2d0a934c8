package touchstone.kernels.simd;

import static touchstone.kernels.simd.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import touchstone.gptq.SummationOrder;
import touchstone.kernels.ExpPolynomial;
import touchstone.kernels.ThreadTeam;
import touchstone.tensor.Activations;

/** Activations rounded to 8-bit integers, which are kept as floats. Lanes are elements. */
final class Int8Block {
  /** A block whose largest magnitude is below counts as zero. */
  private static final float SMALLEST = 0x1p-100f;

  /** Adding and subtracting it rounds a small float to the nearest integer, ties to even. */
  private static final float ROUND = ExpPolynomial.ROUND;

  private Int8Block() {}

  /** Rounds all rows of x, whose elements are in the order of summation. */
  static BlockedInput of(Activations x, SummationOrder order, ThreadTeam team) {
    int blocks = order.blocks();
    float[] codes = new float[x.rows() * x.columns()]; // [tokens, inputs]
    float[] steps = new float[x.rows() * blocks]; // [tokens, blocks]
    float[] sums = new float[x.rows() * blocks]; // [tokens, blocks]
    team.split(
        x.rows() * blocks,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            int row = i / blocks;
            int start = order.start(i % blocks);
            int count = order.start(i % blocks + 1) - start;
            float max = max(x.values(), x.start(row) + start, count);
            if (max >= SMALLEST || Float.isNaN(max)) {
              steps[i] = max / 127;
            }
            // A block with NaN or infinity keeps zeros: its step alone makes the result show it.
            if (max >= SMALLEST && max <= Float.MAX_VALUE) {
              int to8 = row * x.columns() + start;
              sums[i] = round(x.values(), x.start(row) + start, count, 127 / max, codes, to8);
            }
          }
        });
    return new BlockedInput(codes, 0, steps, sums);
  }

  /** The largest magnitude; magnitudes of floats are ordered as their bits, NaN above infinity. */
  private static float max(float[] x, int start, int count) {
    int sign = 0x80000000;
    int max = 0;
    int i = 0;
    for (; i < FLOATS.loopBound(count); i += Lanes.COUNT) {
      int largest =
          FloatVector.fromArray(FLOATS, x, start + i)
              .reinterpretAsInts()
              .and(~sign)
              .reduceLanes(VectorOperators.MAX);
      max = Math.max(max, largest);
    }
    for (; i < count; i++) {
      max = Math.max(max, Float.floatToRawIntBits(x[start + i]) & ~sign);
    }
    return Float.intBitsToFloat(max);
  }

  /** Writes the codes and returns their sum, which is exact. */
  private static float round(
      float[] x, int start, int count, float inverse, float[] codes, int target) {
    FloatVector round = FloatVector.broadcast(FLOATS, ROUND);
    int i = 0;
    for (; i < FLOATS.loopBound(count); i += Lanes.COUNT) {
      FloatVector.fromArray(FLOATS, x, start + i)
          .mul(inverse)
          .add(round)
          .sub(round)
          .intoArray(codes, target + i);
    }
    for (; i < count; i++) {
      codes[target + i] = (x[start + i] * inverse + ROUND) - ROUND;
    }
    int sum = 0;
    for (int j = 0; j < count; j++) {
      sum += (int) codes[target + j];
    }
    return sum;
  }
}
