package touchstone.synthetic;

import java.lang.foreign.MemorySegment;
import touchstone.kernels.ThreadTeam;

/**
 * Unquantised numbers: sums of four bytes, which lie in a bell.
 *
 * <pre>
 * t = (sum of four bytes) - 510        embedding t / 128, gain 1 + t / 1024, head t * 2^-s
 * </pre>
 *
 * @shapes embedding and head [vocab, dim], gain [dim]
 * @numerics halves; every value is one exactly
 * @rules SYNTH-5
 */
final class Bells {
  private static final int MIDDLE = 510;
  private static final long EVERY_OTHER_BYTE = 0x00ff00ff00ff00ffL;
  private static final long LOW = 0xffff;

  private Bells() {}

  /** Fills the embedding. */
  static void embedding(Draws draws, MemorySegment target, ThreadTeam team) {
    fill(draws, table(0, 1f / 128), target, team);
  }

  /** Fills the gain of a norm. */
  static void gain(Draws draws, MemorySegment target, ThreadTeam team) {
    fill(draws, table(1, 1f / 1024), target, team);
  }

  /** Fills the output head. */
  static void head(Draws draws, int dim, MemorySegment target, ThreadTeam team) {
    fill(draws, table(0, 1f / (1 << headExponent(dim))), target, team);
  }

  /** The smallest s with {@code 8 * 4^s >= 21845 * dim}. */
  static int headExponent(int dim) {
    int s = 0;
    while (8L << (2 * s) < 21845L * dim) {
      s++;
    }
    return s;
  }

  /** The half of each sum of four bytes: {@code middle + t * step}. */
  private static short[] table(float middle, float step) {
    short[] table = new short[2 * MIDDLE + 1];
    for (int sum = 0; sum < table.length; sum++) {
      table[sum] = Float.floatToFloat16(middle + (sum - MIDDLE) * step);
    }
    return table;
  }

  private static void fill(Draws draws, short[] table, MemorySegment target, ThreadTeam team) {
    Halves.fill(
        draws,
        2,
        (tile, halves) -> {
          for (int i = 0; i < tile.length; i++) {
            long twos = (tile[i] & EVERY_OTHER_BYTE) + (tile[i] >>> 8 & EVERY_OTHER_BYTE);
            long fours = twos + (twos >>> 16); // in bits 0 to 15 and 32 to 47
            halves[2 * i] = table[(int) (fours & LOW)];
            halves[2 * i + 1] = table[(int) (fours >>> 32 & LOW)];
          }
        },
        target,
        team);
  }
}
