package touchstone.synthetic;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.PackedCodes;
import touchstone.gptq.ZeroPointFormat;
import touchstone.kernels.ThreadTeam;

/**
 * The scales and zero points of a matrix.
 *
 * <pre>
 * scale[g, n] = (1 + m / 1024) * 2^-s        zero[g, n] = 2^(bits-1)
 * </pre>
 *
 * @shapes scales [groups, outputs], qzeros [groups, outputs / 32 * bits]
 * @rules SYNTH-3
 */
final class Scales {
  private static final int MANTISSA_BITS = 10;
  private static final int MANTISSA = (1 << MANTISSA_BITS) - 1;
  private static final int EXPONENT_BIAS = 15;

  /** Beyond, a half would be subnormal. */
  private static final int MOST_NEGATIVE_EXPONENT = 14;

  private Scales() {}

  /** The smallest s with {@code 36 * 4^s >= 7 * inputs * (4^(bits-1) - 1)}. */
  static int exponent(int inputs, int bits) {
    long wanted = 7L * inputs * ((1L << (2 * (bits - 1))) - 1);
    int s = 0;
    while (36L << (2 * s) < wanted) {
      s++;
    }
    return s;
  }

  /** Refuses a matrix with so many inputs that its scales would not be normal halves. */
  static void requireNormal(String module, int inputs, int bits) {
    if (exponent(inputs, bits) > MOST_NEGATIVE_EXPONENT) {
      throw TouchstoneException.of(
          Fault.LIMIT,
          module,
          "%d inputs of %d bits need scales below 2^-%d"
              .formatted(inputs, bits, MOST_NEGATIVE_EXPONENT),
          "take fewer inputs or fewer bits");
    }
  }

  /** Fills {@code scales} of any number of groups. */
  static void fill(Draws draws, int inputs, int bits, MemorySegment scales, ThreadTeam team) {
    int one = (EXPONENT_BIAS - exponent(inputs, bits)) << MANTISSA_BITS;
    Halves.fill(
        draws,
        1,
        (tile, halves) -> {
          for (int i = 0; i < tile.length; i++) {
            halves[i] = (short) (one | (int) tile[i] & MANTISSA);
          }
        },
        scales,
        team);
  }

  /** The words of {@code qzeros}, all groups and outputs alike. */
  static int[] zeros(int bits, int words) {
    int[] codes = new int[Integer.SIZE];
    Arrays.fill(codes, (1 << (bits - 1)) - ZeroPointFormat.V1.offset());
    int[] pattern = PackedCodes.pack(codes, bits);
    int[] zeros = new int[words];
    Arrays.setAll(zeros, word -> pattern[word % pattern.length]);
    return zeros;
  }
}
