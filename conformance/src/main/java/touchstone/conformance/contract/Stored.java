package touchstone.conformance.contract;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/** Tensors in memory as files hold them: little-endian, and at any address. */
public final class Stored {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Stored() {}

  /** Off-heap bytes that start {@code skew} bytes past an aligned address. */
  private static MemorySegment bytes(long size, int skew) {
    return Arena.ofAuto().allocate(size + skew, 64).asSlice(skew);
  }

  /** Packed words or group numbers. */
  public static Tensor ints(String name, int skew, int[] values, long... shape) {
    MemorySegment data = bytes((long) values.length * Integer.BYTES, skew);
    for (int i = 0; i < values.length; i++) {
      data.set(INT, (long) i * Integer.BYTES, values[i]);
    }
    return new Tensor(name, DType.I32, Arrays.stream(shape).boxed().toList(), data);
  }

  /** The values rounded to a weight type. */
  public static Tensor weights(String name, DType dtype, int skew, float[] values, long... shape) {
    MemorySegment data = bytes((long) values.length * dtype.bytes(), skew);
    for (int i = 0; i < values.length; i++) {
      int bits = Float.floatToRawIntBits(values[i]);
      switch (dtype) {
        case F32 -> data.set(INT, (long) i * Integer.BYTES, bits);
        case F16 -> data.set(SHORT, (long) i * Short.BYTES, Float.floatToFloat16(values[i]));
        case BF16 -> data.set(SHORT, (long) i * Short.BYTES, (short) (bits >>> 16));
        default -> throw new IllegalArgumentException(dtype + " is not a weight type");
      }
    }
    return new Tensor(name, dtype, Arrays.stream(shape).boxed().toList(), data);
  }
}
