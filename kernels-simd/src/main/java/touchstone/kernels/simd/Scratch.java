package touchstone.kernels.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
    private final TilePacker packer = new TilePacker();
    private final float[] codes = new float[F32Rows.CODES];
    private float[] sums = {};
    private MemorySegment record = MemorySegment.NULL;

    TilePacker packer() {
      return packer;
    }

    /** Room for the codes of a panel. */
    float[] codes() {
      return codes;
    }

    /** Room for at least {@code size} sums. */
    float[] sums(int size) {
      if (sums.length < size) {
        sums = new float[size];
      }
      return sums;
    }

    /** The sums of the tile under way. */
    float[] sums() {
      return sums;
    }

    /** Room for one record of {@code bytes}. */
    MemorySegment record(long bytes) {
      if (record.byteSize() < bytes) {
        record = Arena.ofAuto().allocate(bytes, ALIGNMENT);
      }
      return record;
    }
  }
}
