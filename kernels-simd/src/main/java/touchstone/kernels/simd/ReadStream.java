package touchstone.kernels.simd;

import static jdk.incubator.vector.VectorOperators.XOR;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One thread's share of the memory that is read, outside the heap: a gigabyte that comes and goes
 * would make the collector move the weights about.
 */
final class ReadStream {
  private static final VectorSpecies<Long> LONGS =
      VectorSpecies.of(long.class, Lanes.FLOATS.vectorShape());
  private static final int BYTES = LONGS.vectorByteSize();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** Bytes of a step: eight vectors, each with its own accumulator. */
  private static final int STEP = 8 * BYTES;

  private static final int BLOCK = 1 << 20;

  /** Something that is not there before it is written. */
  private static final long PATTERN = 0x5b5b5b5b5b5b5b5bL;

  private final MemorySegment memory;

  /** Allocates and fills on the thread that will read, so that its memory is near it. */
  ReadStream(Arena arena, long bytes) {
    memory = arena.allocate(Math.ceilDiv(bytes, BLOCK) * BLOCK, BYTES);
    memory.fill((byte) PATTERN);
    memory.set(ValueLayout.JAVA_LONG, 0, 0); // or the exclusive or of all would be 0
  }

  /** Number of bytes that {@link #read} reads. */
  long bytes() {
    return memory.byteSize();
  }

  /** Reads everything once, and fails if it was not what has been written. */
  void read() {
    long all = 0;
    for (long at = 0; at < memory.byteSize(); at += BLOCK) {
      all ^= read(memory, at);
    }
    if (all != PATTERN) {
      throw new AssertionError("read %x, expected %x".formatted(all, PATTERN));
    }
  }

  /** The exclusive or of all words of a block. */
  private static long read(MemorySegment memory, long from) {
    LongVector x0 = LongVector.zero(LONGS);
    LongVector x1 = x0;
    LongVector x2 = x0;
    LongVector x3 = x0;
    LongVector x4 = x0;
    LongVector x5 = x0;
    LongVector x6 = x0;
    LongVector x7 = x0;
    MemorySegment block = memory.asSlice(from, BLOCK);
    for (int i = 0; i < BLOCK; i += STEP) {
      x0 = x0.lanewise(XOR, LongVector.fromMemorySegment(LONGS, block, i, ORDER));
      x1 = x1.lanewise(XOR, LongVector.fromMemorySegment(LONGS, block, i + BYTES, ORDER));
      x2 = x2.lanewise(XOR, LongVector.fromMemorySegment(LONGS, block, i + 2 * BYTES, ORDER));
      x3 = x3.lanewise(XOR, LongVector.fromMemorySegment(LONGS, block, i + 3 * BYTES, ORDER));
      x4 = x4.lanewise(XOR, LongVector.fromMemorySegment(LONGS, block, i + 4 * BYTES, ORDER));
      x5 = x5.lanewise(XOR, LongVector.fromMemorySegment(LONGS, block, i + 5 * BYTES, ORDER));
      x6 = x6.lanewise(XOR, LongVector.fromMemorySegment(LONGS, block, i + 6 * BYTES, ORDER));
      x7 = x7.lanewise(XOR, LongVector.fromMemorySegment(LONGS, block, i + 7 * BYTES, ORDER));
    }
    x0 = x0.lanewise(XOR, x1).lanewise(XOR, x2).lanewise(XOR, x3);
    x4 = x4.lanewise(XOR, x5).lanewise(XOR, x6).lanewise(XOR, x7);
    return x0.lanewise(XOR, x4).reduceLanes(XOR);
  }
}
