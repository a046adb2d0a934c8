package touchstone.synthetic;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import touchstone.kernels.ThreadTeam;

/**
 * The packed codes of a matrix. A unit is {@code h} codes of consecutive inputs of one output, the
 * first in the lowest bits, made of two draws at once:
 *
 * <pre>
 * unit = (A &amp; M) + (B &amp; M) + E
 * </pre>
 *
 * The fields of M are {@code 2^(bits-1) - 1}, those of E are 1, so no field carries into the next.
 * Two units below each other fill whole words: 2 with 2 bits, 3 with 3 bits, 4 with 4 and 8 bits.
 *
 * @shapes qweight [inputs / 32 * bits, outputs]
 * @numerics tiles of neighbouring outputs in arrays, so that C2 makes vector code of each loop
 * @rules SYNTH-2
 */
final class Codes {
  /** Outputs at once; their draws stay in the first-level cache. */
  private static final int TILE = 256;

  private static final long[] EVERY_OTHER = Draws.steps(2, TILE);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Draws draws;
  private final int unitBits;
  private final long mask;
  private final long ones;
  private final int outputs;
  private final MemorySegment qweight;

  private Codes(Draws draws, int bits, int outputs, MemorySegment qweight) {
    this.draws = draws;
    this.unitBits = unitCodes(bits) * bits;
    long fields = 0;
    for (int bit = 0; bit < unitBits; bit += bits) {
      fields |= 1L << bit;
    }
    this.ones = fields;
    this.mask = fields * ((1L << (bits - 1)) - 1);
    this.outputs = outputs;
    this.qweight = qweight;
  }

  private static int unitCodes(int bits) {
    return bits == 8 ? 8 : 16;
  }

  /** Fills {@code qweight}. */
  static void fill(
      Draws draws, int bits, int inputs, int outputs, MemorySegment qweight, ThreadTeam team) {
    Codes codes = new Codes(draws, bits, outputs, qweight);
    team.split(inputs / (2 * unitCodes(bits)), codes::fillPairs);
  }

  private void fillPairs(int from, int to) {
    Tile tile = new Tile();
    for (int pair = from; pair < to; pair++) {
      for (int output = 0; output < outputs; output += TILE) {
        tile.fill(pair, output);
      }
    }
  }

  /** Pairs of units of neighbouring outputs. */
  private final class Tile {
    private final long[] upper = new long[TILE];
    private final long[] lower = new long[TILE];
    private final long[] second = new long[TILE];
    private final int[] words = new int[TILE];

    void fill(int pair, int output) {
      fillUnits(2L * pair, output, upper);
      fillUnits(2L * pair + 1, output, lower);
      long row = (long) pair * (2 * unitBits / Integer.SIZE);
      switch (unitBits) {
        case 32 -> {
          store(upper, 0, row, output);
          store(lower, 0, row + 1, output);
        }
        case 48 -> {
          store(upper, 0, row, output);
          storeStraddling(row + 1, output);
          store(lower, 16, row + 2, output);
        }
        default -> {
          store(upper, 0, row, output);
          store(upper, 32, row + 1, output);
          store(lower, 0, row + 2, output);
          store(lower, 32, row + 3, output);
        }
      }
    }

    private void fillUnits(long unit, int output, long[] units) {
      long first = 2 * (unit * outputs + output);
      draws.fill(first, EVERY_OTHER, units);
      draws.fill(first + 1, EVERY_OTHER, second);
      for (int i = 0; i < TILE; i++) {
        units[i] = (units[i] & mask) + (second[i] & mask) + ones;
      }
    }

    private void store(long[] units, int shift, long row, int output) {
      for (int i = 0; i < TILE; i++) {
        words[i] = (int) (units[i] >>> shift);
      }
      store(row, output);
    }

    /** The high 16 bits of a unit of 48 and the low 16 of the next. */
    private void storeStraddling(long row, int output) {
      for (int i = 0; i < TILE; i++) {
        words[i] = (int) (upper[i] >>> 32 | lower[i] << 16);
      }
      store(row, output);
    }

    private void store(long row, int output) {
      int count = Math.min(TILE, outputs - output);
      MemorySegment.copy(words, 0, qweight, INT, (row * outputs + output) * Integer.BYTES, count);
    }
  }
}
