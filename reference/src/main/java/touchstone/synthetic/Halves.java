package touchstone.synthetic;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import touchstone.kernels.ThreadTeam;

/** Fills a tensor of halves from consecutive draws, one or two of a draw. */
final class Halves {
  /** Draws at once; they stay in the first-level cache. */
  private static final int TILE = 256;

  private static final long[] CONSECUTIVE = Draws.steps(1, TILE);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Makes the halves of a tile of draws. */
  @FunctionalInterface
  interface Maker {
    void make(long[] tile, short[] halves);
  }

  private Halves() {}

  /** Fills {@code target} with {@code perDraw} halves of each draw. */
  static void fill(Draws draws, int perDraw, Maker maker, MemorySegment target, ThreadTeam team) {
    long count = target.byteSize() / Short.BYTES;
    int tileHalves = TILE * perDraw;
    int tiles = Math.toIntExact(Math.ceilDiv(count, tileHalves));
    team.split(
        tiles,
        (from, to) -> {
          long[] tile = new long[TILE];
          short[] halves = new short[tileHalves];
          for (int t = from; t < to; t++) {
            draws.fill((long) t * TILE, CONSECUTIVE, tile);
            maker.make(tile, halves);
            long start = (long) t * tileHalves;
            int part = (int) Math.min(tileHalves, count - start);
            MemorySegment.copy(halves, 0, target, SHORT, start * Short.BYTES, part);
          }
        });
  }
}
