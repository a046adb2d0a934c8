package touchstone.kernels.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Arrays that products work in. They grow to the largest product and are then used again, so that a
 * token allocates nothing.
 */
final class Scratch {
  private static final long ALIGNMENT = 64;

  private final BlockedInput input = new BlockedInput();
  private final Member[] members;

  Scratch(int threads) {
    members = IntStream.range(0, threads).mapToObj(_ -> new Member()).toArray(Member[]::new);
  }

  /** The activations of the product under way. */
  BlockedInput input() {
    return input;
  }

  /** What belongs to one thread of the team. */
  Member member(int member) {
    return members[member];
  }

  /** What belongs to one thread. */
  static final class Member {
    /** A block of 128 codes in rows of eight, in chunks of eight rows. */
    private static final int MOST_CHUNKS = 2;

    private final float[] codes = new float[F32Rows.CODES];
    private final int[] products = new int[MOST_CHUNKS * Int8Sums.PRODUCTS];
    private float[] sums = {};
    private MemorySegment records = MemorySegment.NULL;

    /** Room for the codes of a panel. */
    float[] codes() {
      return codes;
    }

    /** Room for the 16-bit sums of four rows and two vectors. */
    int[] products() {
      return products;
    }

    /** Room for at least {@code size} sums, which are zero. */
    float[] zeroSums(int size) {
      if (sums.length < size) {
        sums = new float[size];
      } else {
        Arrays.fill(sums, 0, size, 0);
      }
      return sums;
    }

    /** The sums under way. */
    float[] sums() {
      return sums;
    }

    /** Room for records of {@code bytes} in all. */
    MemorySegment records(long bytes) {
      if (records.byteSize() < bytes) {
        records = Arena.ofAuto().allocate(bytes, ALIGNMENT);
      }
      return records;
    }
  }
}
